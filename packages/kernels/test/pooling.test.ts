// Poolings and their gradients against float64, over random shapes.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { relu, sigmoid } from '../src/families/activations/activation.ts';
import { avgPool2dInputGradient } from '../src/families/pooling/avg-pool2d.ts';
import {
  hasOverlappingWindows,
  maxPool2d,
  maxPool2dInputGradient,
  maxPool2dWithIndices,
} from '../src/families/pooling/max-pool2d.ts';
import * as reference from '../src/reference/index.ts';
import { type AvgPool2dShape, outputHeight, outputWidth } from '../src/shapes.ts';
import {
  checkAvgPool2d,
  checkAvgPool2dInputGradient,
  checkMaxPool2d,
  checkMaxPool2dInputGradient,
  checkMaxPool2dWithWinners,
} from './checks/pooling.ts';
import { expectClose, expectSameBits, fromCells, run, SAMPLES, toCells, values } from './harness.ts';
import { dilatedPool2dShapes, pool2dShapes, seeds } from './shapes.ts';

const window: AvgPool2dShape = {
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
  countPadding: false,
};
/** Both ways of the gradient: windows that lie apart, which leave cells out, and windows that overlap. */
const windows: readonly (readonly [string, AvgPool2dShape])[] = [
  ['apart', window],
  ['overlapping', { ...window, kernelHeight: 3, padTop: 1, padRight: 1 }],
];

describe('over random shapes', () => {
  test('maxPool2d', () => {
    fc.assert(fc.property(pool2dShapes, seeds, (shape, seed) => checkMaxPool2d(shape, seed)));
  });

  test('maxPool2dWithIndices', () => {
    fc.assert(fc.property(pool2dShapes, seeds, (shape, seed) => checkMaxPool2dWithWinners(shape, seed)));
  });

  test('maxPool2dInputGradient', () => {
    fc.assert(fc.property(pool2dShapes, seeds, (shape, seed) => checkMaxPool2dInputGradient(shape, seed)));
  });

  test('maxPool2d and its gradient with dilation', () => {
    fc.assert(
      fc.property(dilatedPool2dShapes, seeds, (shape, seed) => {
        checkMaxPool2d(shape, seed);
        checkMaxPool2dWithWinners(shape, seed);
        checkMaxPool2dInputGradient(shape, seed);
      }),
    );
  });

  test('avgPool2d', () => {
    fc.assert(fc.property(pool2dShapes, seeds, (shape, seed) => checkAvgPool2d(shape, seed)));
  });

  test('avgPool2dInputGradient', () => {
    fc.assert(fc.property(pool2dShapes, seeds, (shape, seed) => checkAvgPool2dInputGradient(shape, seed)));
  });
});

test.each([3, 8])('a window of %i × %i cells, more than are unrolled or fewer', (size) => {
  const shape = { ...window, height: 17, width: 16, kernelHeight: size, kernelWidth: size, padTop: 2 };
  checkMaxPool2d(shape, 1);
  checkMaxPool2dWithWinners(shape, 1);
  checkMaxPool2dInputGradient(shape, 1);
  checkAvgPool2d(shape, 1);
  checkAvgPool2dInputGradient(shape, 1);
});

test('maxPool2d lets a NaN win wherever it stands in the window, and infinities as they are', () => {
  const shape = { ...window, channels: 1, height: 2, width: 2 };
  const x = values(SAMPLES * 4, 1, 1);
  for (let n = 0; n < 4; n++) x[n * 4 + n] = NaN;
  x.set([Infinity, 1, 2, 3], 4 * 4);
  x.fill(-Infinity, 5 * 4, 6 * 4);
  x.set([1, NaN, NaN, 3], 6 * 4);
  const unknown = new Float32Array(SAMPLES);
  const [, y] = run(maxPool2d(shape), [toCells(x), unknown]);
  expectSameBits(y!, reference.maxPool2d(shape, SAMPLES, x));
  expectSameBits(y!.subarray(0, 7), [NaN, NaN, NaN, NaN, Infinity, -Infinity, NaN]);
  const [, winners, same] = run(maxPool2dWithIndices(shape), [toCells(x), unknown, unknown]);
  expectSameBits(same!, y!);
  expectSameBits(winners!, reference.maxPool2dWinners(shape, SAMPLES, x));
  expectSameBits(winners!.subarray(0, 7), [0, 1, 2, 3, 0, 0, 2]);
});

test('which windows overlap', () => {
  expect(windows.map(([, shape]) => hasOverlappingWindows(shape))).toEqual([false, true]);
  expect(hasOverlappingWindows({ ...window, kernelWidth: 3 })).toBe(true);
  // Each other cell, from the first on and from the second on.
  expect(hasOverlappingWindows({ ...window, strideX: 1, dilationX: 2, width: 4 })).toBe(false);
  expect(hasOverlappingWindows({ ...window, strideX: 1, dilationX: 2, width: 5 })).toBe(true);
});

describe.each(windows)('windows that are %s', (_, shape) => {
  const size = SAMPLES * shape.channels * shape.height * shape.width;
  const x = reference.relu(values(size, 1, 1));
  const dy = values(SAMPLES * shape.channels * outputHeight(shape) * outputWidth(shape), 1, 2);
  const nothing = new Float32Array(size).fill(NaN);

  test('maxPool2dInputGradient goes through the activation', () => {
    const winners = reference.maxPool2dWinners(shape, SAMPLES, x);
    const y = reference.maxPool2d(shape, SAMPLES, x);
    const kernel = maxPool2dInputGradient(shape, relu);
    const dx = run(kernel, [toCells(winners), toCells(y), toCells(dy), nothing]).at(-1)!;
    const pooled = reference.maxPool2dInputGradient(shape, SAMPLES, winners, dy);
    expectClose(fromCells(dx), reference.reluGradient(x, pooled));
  });

  test('avgPool2dInputGradient goes through the activation', () => {
    const dx = run(avgPool2dInputGradient(shape, sigmoid), [toCells(dy), toCells(x), nothing]).at(-1)!;
    const pooled = reference.avgPool2dInputGradient(shape, SAMPLES, dy);
    expectClose(fromCells(dx), reference.sigmoidGradient(x, pooled));
  });
});
