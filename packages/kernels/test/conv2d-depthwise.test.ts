// Depthwise convolution over random shapes: the numbers of the direct form, bit for bit.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { conv2dDepthwise, isDepthwise } from '../src/families/convolution/conv2d-depthwise.ts';
import type { Conv2dShape } from '../src/shapes.ts';
import { depthwise } from './checks/convolution.ts';
import { run, SAMPLES } from './harness.ts';
import { depthwiseShapes, seeds } from './shapes.ts';

test('conv2dDepthwise', () => {
  fc.assert(
    fc.property(depthwiseShapes, seeds, fc.boolean(), fc.boolean(), (...problem) => depthwise.forward(...problem)),
    { numRuns: 100 },
  );
});

test('conv2dDepthwiseInputGradient', () => {
  fc.assert(
    fc.property(depthwiseShapes, seeds, fc.boolean(), (...problem) => depthwise.inputGradient(...problem)),
    { numRuns: 100 },
  );
});

test('conv2dDepthwiseWeightGradient', () => {
  fc.assert(
    fc.property(depthwiseShapes, seeds, fc.boolean(), (...problem) => depthwise.weightGradient(...problem)),
    { numRuns: 100 },
  );
});

const shape: Conv2dShape = {
  inChannels: 2,
  outChannels: 2,
  groups: 2,
  height: 3,
  width: 9,
  kernelHeight: 3,
  kernelWidth: 3,
  strideY: 1,
  strideX: 1,
  padTop: 1,
  padLeft: 1,
  padBottom: 1,
  padRight: 1,
  dilationY: 1,
  dilationX: 1,
};

test('an infinite weight meets no padding, which would make it NaN', () => {
  const area = SAMPLES * 2 * 3 * 9;
  const arrays = [new Float32Array(area).fill(1), new Float32Array(18).fill(Infinity), new Float32Array(area)];
  const y = run(conv2dDepthwise(shape, { useBias: false }), arrays).at(-1)!;
  expect(y).toEqual(new Float32Array(area).fill(Infinity));
});

test('groups of one input channel, with kernels that are not too wide', () => {
  expect(isDepthwise(shape)).toBe(true);
  expect(isDepthwise({ ...shape, outChannels: 6 })).toBe(true);
  expect(isDepthwise({ ...shape, inChannels: 4, outChannels: 4 })).toBe(false);
  expect(isDepthwise({ ...shape, kernelWidth: 17, padLeft: 8 })).toBe(false);
});
