// Options and inputs that spatial layers reject, and the output sizes of poolings with ceilMode, which are PyTorch's.
import {
  adaptiveAvgPool2d,
  avgPool2d,
  conv2dTranspose,
  crop2d,
  globalAvgPool2d,
  globalMaxPool2d,
  type Layer,
  maxPool2d,
  reshape,
  sequential,
  upsample2d,
  zeroPad2d,
} from '@convoy/layers';
import type { Shape } from '@convoy/tensor';
import { describe, expect, test } from 'vitest';
import { expectConvoyError } from './expectations.ts';

/** Options that TypeScript would reject. */
const loose = (options: object) => options as never;

describe('options', () => {
  const transposed = { filters: 2, kernelSize: 3 };
  test.each<[given: string, make: () => unknown]>([
    ['filters: 0', () => conv2dTranspose({ ...transposed, filters: 0 })],
    ['strides: 0', () => conv2dTranspose({ ...transposed, strides: 0 })],
    ['outputPadding: -1', () => conv2dTranspose({ ...transposed, outputPadding: -1 })],
    ['outputPadding: [1, 1]', () => conv2dTranspose({ ...transposed, outputPadding: 1 })],
    ['outputPadding: [1, 2]', () => conv2dTranspose({ ...transposed, strides: 2, outputPadding: [1, 2] })],
    ['outputPadding: [1, 1]', () => conv2dTranspose({ ...transposed, strides: 2, padding: 'same', outputPadding: 1 })],
    ['keepDimensions: 1', () => globalAvgPool2d(loose({ keepDimensions: 1 }))],
    ['keepDimensions: "yes"', () => globalMaxPool2d(loose({ keepDimensions: 'yes' }))],
    ['size: 0', () => adaptiveAvgPool2d({ size: [2, 0] })],
    ['size: undefined', () => adaptiveAvgPool2d(loose({}))],
    ['ceilMode: "on"', () => maxPool2d(loose({ size: 2, ceilMode: 'on' }))],
    ['ceilMode: 1', () => avgPool2d(loose({ size: 2, ceilMode: 1 }))],
    ['dilations: 0', () => maxPool2d({ size: 2, dilations: 0 })],
    ['scale: 1.5', () => upsample2d({ scale: 1.5 })],
    ['mode: "cubic"', () => upsample2d(loose({ scale: 2, mode: 'cubic' }))],
    ['alignCorners: true', () => upsample2d({ scale: 2, alignCorners: true })],
    ['padding: -1', () => zeroPad2d({ padding: -1 })],
    ['padding: "same"', () => zeroPad2d(loose({ padding: 'same' }))],
    ['padding.left: undefined', () => zeroPad2d(loose({ padding: { top: 1 } }))],
    ['cropping: [1]', () => crop2d(loose({ cropping: [1] }))],
    ['shape: [-1, 2, -1]', () => reshape({ shape: [-1, 2, -1] })],
    ['shape: 0', () => reshape({ shape: [0, 2] })],
  ])('%s', (given, make) => expectConvoyError(make, 'CONVOY_INVALID_OPTION', given));

  test.each<unknown>([undefined, 6, [1, -2], [1.5]])('an invalid shape: %j', (shape) =>
    expectConvoyError(() => reshape(loose({ shape })), 'CONVOY_INVALID_SHAPE', 'shape: '),
  );
});

describe('inputs', () => {
  test.each<[given: string, layer: Layer, input: Shape]>([
    ["'conv2dTranspose_1' an input of shape [784]", conv2dTranspose({ filters: 1, kernelSize: 2 }), [784]],
    [
      "'conv2dTranspose_1' padding that leaves an output of 0×3 for an input of shape [1, 1, 4]",
      conv2dTranspose({ filters: 1, kernelSize: 2, padding: 1 }),
      [1, 1, 4],
    ],
    [
      "'conv2dTranspose_1' groups: 2 for an input of shape [3, 4, 4] and 4 filters",
      conv2dTranspose({ filters: 4, kernelSize: 1, groups: 2 }),
      [3, 4, 4],
    ],
    ["'globalAvgPool2d_1' an input of shape [7]", globalAvgPool2d(), [7]],
    ["'globalMaxPool2d_1' an input of shape [7, 7]", globalMaxPool2d(), [7, 7]],
    ["'adaptiveAvgPool2d_1' an input of shape [7]", adaptiveAvgPool2d({ size: 1 }), [7]],
    ["'upsample2d_1' an input of shape [7]", upsample2d({ scale: 2 }), [7]],
    ["'zeroPad2d_1' an input of shape [7]", zeroPad2d({ padding: 2 }), [7]],
    ["'crop2d_1' cropping that leaves 0×2 of an input of shape [1, 2, 4]", crop2d({ cropping: 1 }), [1, 2, 4]],
    ["'reshape_1' shape: [-1, 5] for an input of shape [2, 3], 6 numbers", reshape({ shape: [-1, 5] }), [2, 3]],
    ["'reshape_1' shape: [4] for an input of shape [2, 3], 6 numbers", reshape({ shape: [4] }), [2, 3]],
  ])('to layer %s', (given, layer, input) =>
    expectConvoyError(() => sequential({ input }, [layer]), 'CONVOY_SHAPE_MISMATCH', `to layer ${given}`),
  );
});

// Sizes by PyTorch's rule: ⌈(cells + 2·padding − size) / stride⌉ + 1, or one less if the last window would start after the input.
test.each([
  { cells: 5, size: 2, strides: 2, padding: 0, output: 3 },
  { cells: 4, size: 2, strides: 2, padding: 0, output: 2 },
  { cells: 6, size: 3, strides: 2, padding: 1, output: 4 },
  { cells: 5, size: 2, strides: 2, padding: 1, output: 3 },
  { cells: 1, size: 2, strides: 2, padding: 0, output: 1 },
  { cells: 4, size: 1, strides: 3, padding: 0, output: 2 },
  { cells: 5, size: 1, strides: 3, padding: 0, output: 2 },
  { cells: 7, size: 3, strides: 4, padding: 1, output: 2 },
])('ceilMode makes $output of $cells cells with size $size, strides $strides and padding $padding', (problem) => {
  const { cells, output, ...options } = problem;
  for (const describe of [maxPool2d, avgPool2d]) {
    const layer = describe({ ...options, ceilMode: true });
    expect(sequential({ input: [1, cells, 9] }, [layer]).output[1]).toBe(output);
  }
});

test('a window that is too large even for ceilMode is rejected', () => {
  expectConvoyError(
    () => sequential({ input: [1, 2, 2] }, [maxPool2d({ size: 5, strides: 2, ceilMode: true })]),
    'CONVOY_SHAPE_MISMATCH',
    'a window of 5×5',
  );
});
