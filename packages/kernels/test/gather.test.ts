// The ways into and out of blocks.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type GatherShape, gather } from '../src/families/blocks/gather.ts';
import { scatter } from '../src/families/blocks/scatter.ts';
import { expectSameBits, run, SAMPLES, toCells, values } from './harness.ts';
import { seeds } from './shapes.ts';

const sizes = fc.integer({ min: 1, max: 9 });

function rowsOf({ source, channels, area }: GatherShape, seed: number): Float32Array | Uint8Array {
  const numbers = values(SAMPLES * channels * area, seed, 1);
  return source === 'f32' ? new Float32Array(numbers) : Uint8Array.from(numbers, (v) => 128 + 128 * v);
}

test('gather scales and shifts each channel, rounding after the product and after the sum', () => {
  fc.assert(
    fc.property(fc.constantFrom('u8', 'f32'), sizes, sizes, seeds, (source, channels, area, seed) => {
      // Some channels share scale and offset with the next, some are copied.
      const scale = Array.from({ length: channels }, (_, c) => [1, 0.3, 0.3, 1 / 255][(seed + c) % 4]!);
      const offset = Array.from({ length: channels }, (_, c) => [0, -0.7, -0.7, 0][(seed + c) % 4]!);
      const shape = { source, channels, area, scale, offset };
      const rows = rowsOf(shape, seed);
      const x = run(gather(shape), [rows, new Float32Array(rows.length).fill(NaN)]).at(-1)!;
      const expected = Float64Array.from(rows, (value, i) => {
        const c = Math.floor(i / area) % channels;
        return Math.fround(Math.fround(value * Math.fround(scale[c]!)) + Math.fround(offset[c]!));
      });
      expectSameBits(x, toCells(expected));
    }),
  );
});

test('gather copies floats whose scale is 1 and offset 0, −0 and NaN included', () => {
  const shape: GatherShape = { source: 'f32', channels: 1, area: 2, scale: [1], offset: [0] };
  const rows = new Float32Array(values(SAMPLES * 2, 1, 1));
  rows.set([-0, NaN, Infinity]);
  const [, x] = run(gather(shape), [rows, new Float32Array(rows.length)]);
  expectSameBits(x!, toCells(rows));
});

test('gather knows all 256 bytes', () => {
  const shape: GatherShape = { source: 'u8', channels: 1, area: 32, scale: [1], offset: [0] };
  const rows = Uint8Array.from({ length: 256 }, (_, i) => i);
  const [x] = run(gather(shape), [rows, new Float32Array(256)]);
  expectSameBits(x!, toCells(rows));
});

test('scatter undoes gather', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), seeds, (count, seed) => {
      const rows = new Float32Array(values(SAMPLES * count, seed, 1));
      const [, back] = run(scatter(count), [toCells(rows), new Float32Array(rows.length).fill(NaN)]);
      expect(back).toEqual(rows);
    }),
  );
});
