import { type AvgPool2dShape, outputHeight, outputWidth } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AveragePoolingOptions,
  avgPool2d,
  avgPool2dInputGradient,
  maxPool2d,
  maxPool2dInputGradient,
  type Tensor,
  tensor,
  zeros,
} from '../../src/index.ts';
import { batches, expectTensor, float64, integer, random, seeds, withCode, withTies } from './numbers.ts';

const shapes: fc.Arbitrary<AvgPool2dShape> = fc
  .record({
    channels: integer(1, 3),
    height: integer(1, 9),
    width: integer(1, 9),
    kernelHeight: integer(1, 4),
    kernelWidth: integer(1, 4),
    strideY: integer(1, 4),
    strideX: integer(1, 4),
    padTop: integer(0, 3),
    padLeft: integer(0, 3),
    padBottom: integer(0, 3),
    padRight: integer(0, 3),
    countPadding: fc.boolean(),
  })
  .filter((shape) => outputHeight(shape) > 0 && outputWidth(shape) > 0);

function problemOf(shape: AvgPool2dShape, batch: number, seed: number) {
  const { channels, height, width, countPadding } = shape;
  const options = {
    size: [shape.kernelHeight, shape.kernelWidth],
    strides: [shape.strideY, shape.strideX],
    padding: { top: shape.padTop, left: shape.padLeft, bottom: shape.padBottom, right: shape.padRight },
  } as const;
  const output = [batch, channels, outputHeight(shape), outputWidth(shape)];
  const x = withTies([batch, channels, height, width], seed, 'x');
  return { options, averageOptions: { ...options, countPadding }, output, x, dy: random(output, seed, 'dy') };
}

const overRandomShapes = (check: (shape: AvgPool2dShape, batch: number, seed: number) => void) =>
  fc.assert(fc.property(shapes, batches, seeds, check), { numRuns: 60 });

describe('equals the reference over random shapes', () => {
  test('maxPool2d', () => {
    overRandomShapes((shape, batch, seed) => {
      const { options, output, x } = problemOf(shape, batch, seed);
      expectTensor(maxPool2d(x, options), output, reference.maxPool2d(shape, batch, float64(x)));
    });
  });

  test('maxPool2dInputGradient', () => {
    overRandomShapes((shape, batch, seed) => {
      const { options, x, dy } = problemOf(shape, batch, seed);
      const winners = reference.maxPool2dIndices(shape, batch, float64(x));
      const expected = reference.maxPool2dInputGradient(shape, batch, winners, float64(dy));
      expectTensor(maxPool2dInputGradient(x, dy, options), x.shape, expected);
    });
  });

  test('avgPool2d', () => {
    overRandomShapes((shape, batch, seed) => {
      const { averageOptions, output, x } = problemOf(shape, batch, seed);
      expectTensor(avgPool2d(x, averageOptions), output, reference.avgPool2d(shape, batch, float64(x)));
    });
  });

  test('avgPool2dInputGradient', () => {
    overRandomShapes((shape, batch, seed) => {
      const { averageOptions, x, dy } = problemOf(shape, batch, seed);
      const expected = reference.avgPool2dInputGradient(shape, batch, float64(dy));
      expectTensor(avgPool2dInputGradient(x.shape, dy, averageOptions), x.shape, expected);
    });
  });
});

describe('defaults', () => {
  const x = tensor([
    [
      [
        [1, 5, 2, 0, 9],
        [3, 4, 8, 6, 9],
      ],
    ],
  ]);

  test('windows do not overlap, and the remaining rows and columns are ignored', () => {
    expect(maxPool2d(x, { size: 2 }).toArray()).toEqual([[[[5, 8]]]]);
    expect(avgPool2d(x, { size: [2, 1] }).toArray()).toEqual([[[[2, 4.5, 5, 3, 9]]]]);
  });

  test('padding does not count', () => {
    const ones = tensor([
      [
        [
          [1, 1],
          [1, 1],
        ],
      ],
    ]);
    expect(avgPool2d(ones, { size: 2, padding: 1 }).toArray()).toEqual([
      [
        [
          [1, 1],
          [1, 1],
        ],
      ],
    ]);
    expect(avgPool2d(ones, { size: 2, padding: 1, countPadding: true }).toArray()).toEqual([
      [
        [
          [0.25, 0.25],
          [0.25, 0.25],
        ],
      ],
    ]);
  });
});

describe('ceilMode', () => {
  const rowOfFive = tensor([[[[1, 2, 3, 4, 5]]]]);

  test('keeps a last window that fits only partly', () => {
    expect(maxPool2d(rowOfFive, { size: [1, 2], ceilMode: true }).toArray()).toEqual([[[[2, 4, 5]]]]);
    expect(avgPool2d(rowOfFive, { size: [1, 2], ceilMode: true }).toArray()).toEqual([[[[1.5, 3.5, 5]]]]);
  });

  test('counts padding, but nothing beyond it', () => {
    const options = { size: [1, 4], strides: [1, 2], padding: [0, 1], ceilMode: true } as const;
    // The windows are 0 1 2 3, then 2 3 4 5, then 4 5 0 with an element that does not count.
    expect(avgPool2d(rowOfFive, { ...options, countPadding: true }).toArray()).toEqual([[[[1.5, 3.5, 3]]]]);
    expect(avgPool2d(rowOfFive, options).toArray()).toEqual([[[[2, 3.5, 4.5]]]]);
    const shares = avgPool2dInputGradient(rowOfFive.shape, tensor([[[[4, 8, 12]]]]), {
      ...options,
      countPadding: true,
    });
    expect(shares.toArray()).toEqual([[[[1, 3, 3, 6, 6]]]]);
  });

  test('drops a window that would begin after the input', () => {
    expect(maxPool2d(rowOfFive, { size: [1, 2], padding: [0, 1], ceilMode: true }).toArray()).toEqual([[[[1, 3, 5]]]]);
  });
});

test('maxPool2d spreads its window by the dilation', () => {
  const x = tensor([[[[3, 1, 4, 1, 5]]]]);
  const options = { size: [1, 2], strides: 1, dilations: [1, 3] } as const;
  expect(maxPool2d(x, options).toArray()).toEqual([[[[3, 5]]]]);
  expect(maxPool2dInputGradient(x, tensor([[[[10, 20]]]]), options).toArray()).toEqual([[[[10, 0, 0, 0, 20]]]]);
});

describe('refuses', () => {
  const x = zeros([2, 3, 4, 5]);
  const dy = zeros([2, 3, 2, 3]);
  const mismatches: [string, () => Tensor, RegExp][] = [
    [
      'an input without planes',
      () => maxPool2d(zeros([2, 3, 4]), { size: 2 }),
      /expected \[N, channels, height, width\]/,
    ],
    [
      'a window larger than the input',
      () => avgPool2d(x, { size: 5 }),
      /a window of 5×5 over an input of shape \[3, 4, 5\]/,
    ],
    ['an output gradient of other planes', () => maxPool2dInputGradient(x, dy, { size: 2 }), /expected \[2, 3, 2, 2\]/],
    [
      'an output gradient of other channels',
      () => avgPool2dInputGradient([2, 4, 4, 6], dy, { size: 2 }),
      /\[2, 4, 2, 3\]/,
    ],
  ];
  test.each(mismatches)('%s', (_, compute, message) => {
    expect(compute).toThrow(withCode('CONVOY_SHAPE_MISMATCH'));
    expect(compute).toThrow(message);
  });

  test.each<[string, AveragePoolingOptions]>([
    ['no size', {} as AveragePoolingOptions],
    ['strides of 0', { size: 2, strides: 0 }],
    ['a padding of one side', { size: 2, padding: { top: 1 } as { top: 1; left: 0; bottom: 0; right: 0 } }],
  ])('%s', (_, options) => {
    expect(() => maxPool2d(x, options)).toThrow(withCode('CONVOY_INVALID_OPTION'));
    expect(() => avgPool2d(x, options)).toThrow(withCode('CONVOY_INVALID_OPTION'));
  });
});
