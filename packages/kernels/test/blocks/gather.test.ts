// Gathering of special numbers and of all bytes.
import { test } from 'vitest';
import { type GatherShape, gather } from '../../src/families/blocks/gather.ts';
import { expectSameBits, run, SAMPLES, toCells, values } from '../harness.ts';

test('gather copies floats whose scale is 1 and offset 0, −0 and NaN included', () => {
  const shape: GatherShape = { source: 'f32', channels: 1, area: 2, scale: [1], offset: [0] };
  const rows = new Float32Array(values(SAMPLES * 2, 1, 1));
  rows.set([-0, NaN, Infinity]);
  expectSameBits(run(gather(shape), { rows, x: new Float32Array(rows.length) }).x, toCells(rows));
});

test('gather converts all 256 bytes', () => {
  const shape: GatherShape = { source: 'u8', channels: 1, area: 32, scale: [1], offset: [0] };
  const rows = Uint8Array.from({ length: 256 }, (_, i) => i);
  expectSameBits(run(gather(shape), { rows, x: new Float32Array(256) }).x, toCells(rows));
});
