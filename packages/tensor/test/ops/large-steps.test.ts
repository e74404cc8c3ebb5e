// The largest numbers that options may have: results with them, and errors beyond them, at once and before any work.
import { type Conv2dShape, outputHeight, outputWidth } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { describe, expect, test } from 'vitest';
import { checkOptions } from '../../src/checks/index.ts';
import {
  avgPool2d,
  type ConvolutionOptions,
  ConvoyError,
  conv2d,
  conv2dInputGradient,
  conv2dTranspose,
  conv2dTransposeInputGradient,
  conv2dTransposeWeightGradient,
  conv2dWeightGradient,
  full,
  maxPool2d,
  maxPool2dInputGradient,
  tensor,
  zeros,
} from '../../src/index.ts';
import { convolutionChecks, convolutionShape } from '../../src/options/index.ts';
import { expectTensor, float64, random, withCode } from './numbers.ts';

const LARGEST = 2 ** 16;

describe('convolutions', () => {
  test.each<[what: string, plane: [number, number], kernel: [number, number], options: ConvolutionOptions]>([
    ['strides beyond the input', [5, 4], [2, 3], { strides: LARGEST }],
    ['strides, and padding on all sides', [3, 2], [2, 2], { strides: LARGEST, padding: LARGEST }],
    ['dilations', [3, 3], [2, 2], { dilations: LARGEST, padding: [LARGEST / 2, LARGEST / 2], strides: 40_000 }],
    ['a tall kernel', [70_000, 1], [LARGEST, 1], { strides: [3000, 1] }],
    ['a wide plane', [1, 70_000], [1, 3], { strides: [1, 32_767], dilations: [1, 2000] }],
  ])('%s', (_, plane, window, options) => {
    const [batch, channels, filters] = [2, 2, 3];
    const settings = { kernel: window, ...checkOptions('conv2d', options, convolutionChecks) };
    const shape: Conv2dShape = convolutionShape(settings, filters, [channels, ...plane]);
    const output = [batch, filters, outputHeight(shape), outputWidth(shape)];
    const x = random([batch, channels, ...plane], 1, 'x');
    const w = random([filters, channels, ...window], 1, 'w');
    const dy = random(output, 1, 'dy');
    const [xs, ws, dys] = [x, w, dy].map(float64) as [Float64Array, Float64Array, Float64Array];
    expectTensor(conv2d(x, w, undefined, options), output, reference.conv2d(shape, batch, xs, ws));
    const dx = reference.conv2dInputGradient(shape, batch, ws, dys);
    expectTensor(conv2dInputGradient(x.shape, w, dy, options), x.shape, dx);
    const dw = reference.conv2dWeightGradient(shape, batch, xs, dys);
    expectTensor(conv2dWeightGradient(x, w.shape, dy, options), w.shape, dw);
  });

  test('a transposed convolution spreads its input by the largest stride', () => {
    const strides = [1, LARGEST] as const;
    const x = tensor([[[[2, 3]]]]);
    const kernel = tensor([[[[10, 20]]]]);
    const y = conv2dTranspose(x, kernel, undefined, { strides });
    expect(y.shape).toEqual([1, 1, 1, LARGEST + 2]);
    const nonzero = Array.from(y.data.entries()).filter(([, value]) => value !== 0);
    expect(nonzero).toEqual([
      [0, 20],
      [1, 40],
      [LARGEST, 30],
      [LARGEST + 1, 60],
    ]);
    expect(conv2dTransposeInputGradient(x.shape, kernel, y, { strides }).data).toEqual(Float32Array.of(1000, 1500));
    expect(conv2dTransposeWeightGradient(x, kernel.shape, y, { strides }).data).toEqual(Float32Array.of(130, 260));
  });
});

test('poolings with strides beyond the input have one window', () => {
  const x = tensor([
    [
      [
        [3, 1],
        [4, 2],
      ],
    ],
  ]);
  const options = { size: 2, strides: LARGEST };
  expect(maxPool2d(x, options).toArray()).toEqual([[[[4]]]]);
  expect(maxPool2dInputGradient(x, full([1, 1, 1, 1], 7), options).toArray()).toEqual([
    [
      [
        [0, 0],
        [7, 0],
      ],
    ],
  ]);
  expect(avgPool2d(x, options).toArray()).toEqual([[[[2.5]]]]);
});

test('poolings with windows of many cells that overlap', () => {
  const x = zeros([1, 1, 1, 66_000]);
  x.data[40_000] = 1;
  const options = { size: [1, LARGEST], strides: 1 } as const;
  expect(maxPool2d(x, options).data).toEqual(new Float32Array(66_000 - LARGEST + 1).fill(1));
  const { data } = maxPool2dInputGradient(x, full([1, 1, 1, 66_000 - LARGEST + 1], 1), options);
  expect(data[40_000]).toBe(66_000 - LARGEST + 1);
});

describe('beyond the largest', () => {
  const x = zeros([1, 1, 4, 4]);
  const kernel = zeros([1, 1, 2, 2]);
  const beyond = [LARGEST + 1, 2 ** 20, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 1e300];

  test.each(beyond)('%d', (number) => {
    const options = [
      { strides: number },
      { strides: [1, number] },
      { dilations: number },
      { padding: number },
      { padding: [number, 0] },
      { padding: { top: 0, left: 0, bottom: 0, right: number } },
      { dilations: number, padding: number },
    ] as const;
    const start = performance.now();
    for (const option of options) {
      for (const compute of [
        () => conv2d(x, kernel, undefined, option),
        () => conv2dInputGradient(x.shape, kernel, x, option),
        () => conv2dWeightGradient(x, kernel.shape, x, option),
        () => conv2dTranspose(x, kernel, undefined, option),
        () => maxPool2d(x, { size: 2, ...option }),
        () => maxPool2dInputGradient(x, x, { size: 2, ...option }),
      ]) {
        expect(compute, JSON.stringify(option)).toThrow(withCode('CONVOY_INVALID_OPTION'));
      }
    }
    for (const compute of [
      () => avgPool2d(x, { size: number }),
      () => avgPool2d(x, { size: 2, strides: number }),
      () => conv2dTranspose(x, kernel, undefined, { strides: 2, outputPadding: number }),
    ]) {
      expect(compute).toThrow(withCode('CONVOY_INVALID_OPTION'));
    }
    expect(() => conv2d(x, kernel, undefined, { groups: number })).toThrow(ConvoyError);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  test('results that no memory can hold are refused at once', () => {
    const start = performance.now();
    const single = zeros([1, 1, 1, 1]);
    const one = zeros([1, 1, 1, 1]);
    expect(() => conv2d(single, one, undefined, { padding: LARGEST })).toThrow(withCode('CONVOY_OUT_OF_MEMORY'));
    expect(() => avgPool2d(single, { size: 2, strides: 1, padding: LARGEST, countPadding: true })).toThrow(
      withCode('CONVOY_OUT_OF_MEMORY'),
    );
    expect(() => conv2dTranspose(zeros([1, 1, 9, 9]), one, undefined, { strides: LARGEST })).toThrow(
      withCode('CONVOY_OUT_OF_MEMORY'),
    );
    for (const shape of [[2 ** 40], [2 ** 20, 2 ** 20], [2 ** 53 - 1]]) {
      expect(() => zeros(shape)).toThrow(withCode('CONVOY_OUT_OF_MEMORY'));
      expect(() => full(shape, 1)).toThrow(withCode('CONVOY_OUT_OF_MEMORY'));
    }
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
