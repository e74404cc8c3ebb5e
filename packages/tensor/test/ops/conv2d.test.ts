import { type Conv2dShape, outputHeight, outputWidth } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ConvolutionOptions,
  conv2d,
  conv2dBiasGradient,
  conv2dInputGradient,
  conv2dWeightGradient,
  full,
  type Tensor,
  zeros,
} from '../../src/index.ts';
import { batches, expectTensor, float64, integer, random, seeds, withCode } from './numbers.ts';

const shapes: fc.Arbitrary<Conv2dShape> = fc
  .record({
    groups: integer(1, 3),
    inChannels: integer(1, 3),
    outChannels: integer(1, 6),
    height: integer(1, 9),
    width: integer(1, 9),
    kernelHeight: integer(1, 4),
    kernelWidth: integer(1, 4),
    strideY: integer(1, 3),
    strideX: integer(1, 3),
    padTop: integer(0, 2),
    padLeft: integer(0, 2),
    padBottom: integer(0, 2),
    padRight: integer(0, 2),
    dilationY: integer(1, 2),
    dilationX: integer(1, 2),
  })
  .map((shape) => ({
    ...shape,
    inChannels: shape.groups * shape.inChannels,
    outChannels: shape.groups * shape.outChannels,
  }))
  .filter((shape) => outputHeight(shape) > 0 && outputWidth(shape) > 0);

function problemOf(shape: Conv2dShape, batch: number, seed: number) {
  const { inChannels, outChannels, groups, height, width, kernelHeight, kernelWidth } = shape;
  const options: ConvolutionOptions = {
    strides: [shape.strideY, shape.strideX],
    padding: { top: shape.padTop, left: shape.padLeft, bottom: shape.padBottom, right: shape.padRight },
    dilations: [shape.dilationY, shape.dilationX],
    groups,
  };
  const output = [batch, outChannels, outputHeight(shape), outputWidth(shape)];
  return {
    options,
    output,
    x: random([batch, inChannels, height, width], seed, 'x'),
    kernel: random([outChannels, inChannels / groups, kernelHeight, kernelWidth], seed, 'kernel'),
    bias: random([outChannels], seed, 'bias'),
    dy: random(output, seed, 'dy'),
  };
}

const overRandomShapes = (check: (shape: Conv2dShape, batch: number, seed: number) => void) =>
  fc.assert(fc.property(shapes, batches, seeds, check), { numRuns: 60 });

describe('equals the reference over random shapes', () => {
  test('conv2d, with and without a bias', () => {
    overRandomShapes((shape, batch, seed) => {
      const { options, output, x, kernel, bias } = problemOf(shape, batch, seed);
      const [x64, kernel64] = [float64(x), float64(kernel)];
      expectTensor(
        conv2d(x, kernel, bias, options),
        output,
        reference.conv2d(shape, batch, x64, kernel64, float64(bias)),
      );
      expectTensor(conv2d(x, kernel, undefined, options), output, reference.conv2d(shape, batch, x64, kernel64));
    });
  });

  test('conv2dInputGradient', () => {
    overRandomShapes((shape, batch, seed) => {
      const { options, x, kernel, dy } = problemOf(shape, batch, seed);
      const expected = reference.conv2dInputGradient(shape, batch, float64(kernel), float64(dy));
      expectTensor(conv2dInputGradient(x.shape, kernel, dy, options), x.shape, expected);
    });
  });

  test('conv2dWeightGradient', () => {
    overRandomShapes((shape, batch, seed) => {
      const { options, x, kernel, dy } = problemOf(shape, batch, seed);
      const expected = reference.conv2dWeightGradient(shape, batch, float64(x), float64(dy));
      expectTensor(conv2dWeightGradient(x, kernel.shape, dy, options), kernel.shape, expected);
    });
  });

  test('conv2dBiasGradient', () => {
    overRandomShapes((shape, batch, seed) => {
      const { bias, dy } = problemOf(shape, batch, seed);
      expectTensor(conv2dBiasGradient(dy), bias.shape, reference.conv2dBiasGradient(shape, float64(dy)));
    });
  });
});

describe('padding', () => {
  const x = random([2, 1, 5, 6], 1, 'x');
  const kernel = random([1, 1, 3, 2], 1, 'kernel');
  const sides = (top: number, left: number, bottom: number, right: number) => ({ top, left, bottom, right });

  test.each<[ConvolutionOptions, ReturnType<typeof sides>, number[]]>([
    [{}, sides(0, 0, 0, 0), [2, 1, 3, 5]],
    [{ padding: 'valid' }, sides(0, 0, 0, 0), [2, 1, 3, 5]],
    [{ padding: 2 }, sides(2, 2, 2, 2), [2, 1, 7, 9]],
    [{ padding: [1, 0] }, sides(1, 0, 1, 0), [2, 1, 5, 5]],
    // An odd row or column goes to the bottom or the right.
    [{ padding: 'same' }, sides(1, 0, 1, 1), [2, 1, 5, 6]],
    [{ padding: 'same', strides: 2 }, sides(1, 0, 1, 0), [2, 1, 3, 3]],
    [{ padding: 'same', dilations: [1, 3] }, sides(1, 1, 1, 2), [2, 1, 5, 6]],
  ])('%j', (options, padding, shape) => {
    const y = conv2d(x, kernel, undefined, options);
    expect(y.shape).toEqual(shape);
    expect(y).toEqual(conv2d(x, kernel, undefined, { ...options, padding }));
  });
});

describe('refuses', () => {
  const x = zeros([2, 4, 5, 6]);
  const kernel = zeros([6, 4, 3, 3]);
  const dy = zeros([2, 6, 3, 4]);
  const mismatches: [string, () => Tensor, RegExp][] = [
    ['an input without planes', () => conv2d(zeros([2, 4]), kernel), /x of shape \[2, 4\]; expected \[N, channels/],
    ['an empty batch', () => conv2d(zeros([0, 4, 5, 6]), kernel), /each of 1 or more/],
    ['a kernel of other channels', () => conv2d(x, zeros([6, 3, 3, 3])), /expected a kernel of 4 channels/],
    ['a kernel of all channels of groups', () => conv2d(x, kernel, undefined, { groups: 2 }), /a kernel of 2 channels/],
    ['groups that do not divide', () => conv2d(x, kernel, undefined, { groups: 3 }), /groups: 3/],
    ['a kernel larger than the input', () => conv2d(x, zeros([6, 4, 6, 3])), /a window of 6×3 over an input/],
    ['a bias of other filters', () => conv2d(x, kernel, zeros([5])), /bias of shape \[5\]; expected \[6\]/],
    [
      'an output gradient of other planes',
      () => conv2dInputGradient(x.shape, kernel, zeros([2, 6, 4, 4])),
      /\[2, 6, 3, 4\]/,
    ],
    [
      'an output gradient of other samples',
      () => conv2dWeightGradient(x, kernel.shape, zeros([1, 6, 3, 4])),
      /\[2, 6, 3, 4\]/,
    ],
    [
      'options other than those of the output',
      () => conv2dWeightGradient(x, kernel.shape, dy, { strides: 2 }),
      /\[2, 6, 2, 2\]/,
    ],
    ['a flat output gradient', () => conv2dBiasGradient(zeros([2, 6])), /\[N, filters, height, width\]/],
  ];
  test.each(mismatches)('%s', (_, compute, message) => {
    expect(compute).toThrow(withCode('CONVOY_SHAPE_MISMATCH'));
    expect(compute).toThrow(message);
  });

  test.each<[string, ConvolutionOptions]>([
    ['strides of 0', { strides: 0 }],
    ['three strides', { strides: [1, 1, 1] as unknown as [number, number] }],
    ['negative padding', { padding: -1 }],
    ['an unknown padding', { padding: 'full' as 'same' }],
    ['half a group', { groups: 0.5 }],
    ['no dilation', { dilations: 0 }],
  ])('%s', (_, options) => {
    expect(() => conv2d(x, kernel, undefined, options)).toThrow(withCode('CONVOY_INVALID_OPTION'));
  });

  test('an input shape that is none', () => {
    expect(() => conv2dInputGradient([2, 4, -5, 6], kernel, dy)).toThrow(withCode('CONVOY_INVALID_SHAPE'));
  });
});

test('a NaN reaches the outputs whose windows hold it, and no other sample', () => {
  const x = full([9, 1, 3, 3], 1);
  x.set(Number.NaN, 8, 0, 0, 0);
  const y = conv2d(x, full([1, 1, 2, 2], 1));
  expect([...y.slice(8).data]).toEqual([Number.NaN, 4, 4, 4]);
  expect(y.slice(0, 8).data.every((value) => value === 4)).toBe(true);
});
