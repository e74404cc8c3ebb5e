// Max pooling of broken numbers, and which windows overlap.
import { expect, test } from 'vitest';
import { hasOverlappingWindows, maxPool2d, maxPool2dWithIndices } from '../../src/families/pooling/max-pool2d.ts';
import * as reference from '../../src/reference/index.ts';
import type { Pool2dShape } from '../../src/shapes.ts';
import { expectSameBits, run, SAMPLES, toCells, values } from '../harness.ts';

const window: Pool2dShape = {
  channels: 2,
  height: 5,
  width: 7,
  kernelHeight: 2,
  kernelWidth: 2,
  strideY: 2,
  strideX: 2,
  padTop: 0,
  padLeft: 0,
  padBottom: 0,
  padRight: 0,
};

test('NaN is the maximum wherever it is in the window, and infinities are numbers like others', () => {
  const shape = { ...window, channels: 1, height: 2, width: 2 };
  const x = values(SAMPLES * 4, 1, 1);
  for (let n = 0; n < 4; n++) x[n * 4 + n] = NaN;
  x.set([Infinity, 1, 2, 3], 4 * 4);
  x.fill(-Infinity, 5 * 4, 6 * 4);
  x.set([1, NaN, NaN, 3], 6 * 4);
  const unknown = new Float32Array(SAMPLES);
  const { y } = run(maxPool2d(shape), { x: toCells(x), y: unknown });
  expectSameBits(y, reference.maxPool2d(shape, SAMPLES, x));
  expectSameBits(y.subarray(0, 7), [NaN, NaN, NaN, NaN, Infinity, -Infinity, NaN]);
  const { indices, y: same } = run(maxPool2dWithIndices(shape), { x: toCells(x), indices: unknown, y: unknown });
  expectSameBits(same, y);
  expectSameBits(indices, reference.maxPool2dIndices(shape, SAMPLES, x));
  expectSameBits(indices.subarray(0, 7), [0, 1, 2, 3, 0, 0, 2]);
});

test('which windows overlap', () => {
  expect(hasOverlappingWindows(window)).toBe(false);
  expect(hasOverlappingWindows({ ...window, kernelHeight: 3, padTop: 1, padRight: 1 })).toBe(true);
  expect(hasOverlappingWindows({ ...window, kernelWidth: 3 })).toBe(true);
  // Every second cell, from the first on and from the second on.
  expect(hasOverlappingWindows({ ...window, strideX: 1, dilationX: 2, width: 4 })).toBe(false);
  expect(hasOverlappingWindows({ ...window, strideX: 1, dilationX: 2, width: 5 })).toBe(true);
});
