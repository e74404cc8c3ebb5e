// Depthwise convolution: infinite weights at the border, and which convolutions it can compute.
import { expect, test } from 'vitest';
import { conv2dDepthwise, isDepthwise } from '../../src/families/convolution/conv2d-depthwise.ts';
import type { Conv2dShape } from '../../src/shapes.ts';
import { run, SAMPLES } from '../harness.ts';

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

test('an infinite weight is not multiplied with padding, which would give NaN', () => {
  const area = SAMPLES * 2 * 3 * 9;
  const { y } = run(conv2dDepthwise(shape, { useBias: false }), {
    x: new Float32Array(area).fill(1),
    w: new Float32Array(18).fill(Infinity),
    y: new Float32Array(area),
  });
  expect(y).toEqual(new Float32Array(area).fill(Infinity));
});

test('computes groups of one input channel with kernels that are not too wide', () => {
  expect(isDepthwise(shape)).toBe(true);
  expect(isDepthwise({ ...shape, outChannels: 6 })).toBe(true);
  expect(isDepthwise({ ...shape, inChannels: 4, outChannels: 4 })).toBe(false);
  expect(isDepthwise({ ...shape, kernelWidth: 17, padLeft: 8 })).toBe(false);
});
