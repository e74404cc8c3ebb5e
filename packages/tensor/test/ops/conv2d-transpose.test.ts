import type { Conv2dShape } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  conv2dInputGradient,
  conv2dTranspose,
  conv2dTransposeInputGradient,
  conv2dTransposeWeightGradient,
  type Tensor,
  type TransposedConvolutionOptions,
  tensor,
  zeros,
} from '../../src/index.ts';
import { batches, expectTensor, float64, integer, random, seeds, withCode } from './numbers.ts';

const axis = fc
  .record({
    size: integer(1, 5),
    kernel: integer(1, 4),
    stride: integer(1, 3),
    dilation: integer(1, 3),
    before: integer(0, 2),
    after: integer(0, 2),
    added: integer(0, 2),
  })
  .map((axis) => {
    const added = Math.min(axis.added, Math.max(axis.stride, axis.dilation) - 1);
    const full = (axis.size - 1) * axis.stride + axis.dilation * (axis.kernel - 1) + 1;
    return { ...axis, added, output: full - axis.before - axis.after + added };
  })
  .filter(({ output }) => output > 0);

const problems = fc
  .record({
    rows: axis,
    columns: axis,
    groups: integer(1, 3),
    groupChannels: integer(1, 3),
    groupFilters: integer(1, 5),
    batch: batches,
    seed: seeds,
  })
  .map(({ rows, columns, groups, groupChannels, groupFilters, batch, seed }) => {
    const [channels, filters] = [groups * groupChannels, groups * groupFilters];
    const options: TransposedConvolutionOptions = {
      strides: [rows.stride, columns.stride],
      padding: { top: rows.before, left: columns.before, bottom: rows.after, right: columns.after },
      dilations: [rows.dilation, columns.dilation],
      outputPadding: [rows.added, columns.added],
      groups,
    };
    const shape: Conv2dShape = {
      inChannels: filters,
      outChannels: channels,
      groups,
      height: rows.output,
      width: columns.output,
      kernelHeight: rows.kernel,
      kernelWidth: columns.kernel,
      strideY: rows.stride,
      strideX: columns.stride,
      padTop: rows.before,
      padLeft: columns.before,
      padBottom: rows.after - rows.added,
      padRight: columns.after - columns.added,
      dilationY: rows.dilation,
      dilationX: columns.dilation,
    };
    const output = [batch, filters, rows.output, columns.output];
    return {
      options,
      shape,
      batch,
      output,
      x: random([batch, channels, rows.size, columns.size], seed, 'x'),
      kernel: random([channels, groupFilters, rows.kernel, columns.kernel], seed, 'kernel'),
      bias: random([filters], seed, 'bias'),
      dy: random(output, seed, 'dy'),
    };
  });

describe('equals the reference over random shapes', () => {
  test('conv2dTranspose, with and without a bias', () => {
    fc.assert(
      fc.property(problems, ({ options, shape, batch, output, x, kernel, bias }) => {
        const given = [shape, batch, float64(x), float64(kernel)] as const;
        expectTensor(
          conv2dTranspose(x, kernel, bias, options),
          output,
          reference.conv2dTranspose(...given, float64(bias)),
        );
        expectTensor(conv2dTranspose(x, kernel, undefined, options), output, reference.conv2dTranspose(...given));
      }),
      { numRuns: 60 },
    );
  });

  test('its gradients', () => {
    fc.assert(
      fc.property(problems, ({ options, shape, batch, x, kernel, dy }) => {
        const dx = reference.conv2dTransposeInputGradient(shape, batch, float64(kernel), float64(dy));
        expectTensor(conv2dTransposeInputGradient(x.shape, kernel, dy, options), x.shape, dx);
        const dKernel = reference.conv2dTransposeWeightGradient(shape, batch, float64(x), float64(dy));
        expectTensor(conv2dTransposeWeightGradient(x, kernel.shape, dy, options), kernel.shape, dKernel);
      }),
      { numRuns: 60 },
    );
  });
});

test('is the input gradient of a convolution', () => {
  const x = random([3, 4, 3, 3], 1, 'x');
  const kernel = random([4, 2, 3, 2], 1, 'kernel');
  const options = { strides: [2, 1], padding: 'same' } as const;
  const y = conv2dTranspose(x, kernel, undefined, options);
  expect(y.shape).toEqual([3, 2, 6, 3]);
  expect(y).toEqual(conv2dInputGradient(y.shape, kernel, x, options));
});

test('adds a kernel at every stride, removes the padding and adds the outputPadding', () => {
  const x = tensor([[[[1, 2]]]]);
  const kernel = tensor([[[[1, 10, 100]]]]);
  const row = (options: TransposedConvolutionOptions) => [
    ...conv2dTranspose(x, kernel, tensor([0.5]), { strides: 2, ...options }).data,
  ];
  expect(row({})).toEqual([1.5, 10.5, 102.5, 20.5, 200.5]);
  expect(row({ padding: [0, 1] })).toEqual([10.5, 102.5, 20.5]);
  expect(row({ outputPadding: [0, 1] })).toEqual([1.5, 10.5, 102.5, 20.5, 200.5, 0.5]);
  expect(row({ padding: { top: 0, left: 2, bottom: 0, right: 0 }, outputPadding: [0, 1] })).toEqual([
    102.5, 20.5, 200.5, 0.5,
  ]);
});

describe('refuses', () => {
  const x = zeros([2, 4, 5, 6]);
  const kernel = zeros([4, 3, 2, 2]);
  test.each<[string, () => Tensor, RegExp]>([
    [
      'an input without planes',
      () => conv2dTranspose(zeros([2, 4]), kernel),
      /expected \[N, channels, height, width\]/,
    ],
    ['a kernel of other channels', () => conv2dTranspose(x, zeros([3, 4, 2, 2])), /expected a kernel of 4 channels/],
    ['groups that do not divide', () => conv2dTranspose(x, kernel, undefined, { groups: 3 }), /groups: 3/],
    ['a bias of other filters', () => conv2dTranspose(x, kernel, zeros([4])), /bias of shape \[4\]; expected \[3\]/],
    [
      'padding of everything',
      () => conv2dTranspose(x, kernel, undefined, { padding: 3 }),
      /padding that leaves an output of 0×1/,
    ],
    [
      'an output gradient of other planes',
      () => conv2dTransposeInputGradient(x.shape, kernel, zeros([2, 3, 5, 6])),
      /expected \[2, 3, 6, 7\]/,
    ],
    [
      'an output gradient of other samples',
      () => conv2dTransposeWeightGradient(x, kernel.shape, zeros([1, 3, 6, 7])),
      /expected \[2, 3, 6, 7\]/,
    ],
  ])('%s', (_, compute, message) => {
    expect(compute).toThrow(withCode('CONVOY_SHAPE_MISMATCH'));
    expect(compute).toThrow(message);
  });

  test('an outputPadding as large as the stride', () => {
    const compute = () => conv2dTranspose(x, kernel, undefined, { strides: 2, outputPadding: 2 });
    expect(compute).toThrow(withCode('CONVOY_INVALID_OPTION'));
    expect(compute).toThrow(/at most \[1, 1\]/);
  });
});
