// Options and inputs that layers reject.
import {
  avgPool2d,
  constantInitializer,
  conv2d,
  dense,
  flatten,
  groupNorm,
  type Layer,
  layerNorm,
  maxPool2d,
  relu,
  sequential,
} from '@convoy/layers';
import type { Shape } from '@convoy/tensor';
import { describe, expect, test } from 'vitest';
import { expectConvoyError } from './expectations.ts';

/** Options that TypeScript would reject. */
const loose = (options: object) => options as never;

describe('options', () => {
  test.each<[given: string, make: () => unknown]>([
    ['filters: 0', () => conv2d({ filters: 0, kernelSize: 3 })],
    ['filters: 2.5', () => conv2d({ filters: 2.5, kernelSize: 3 })],
    ['filters: "6"', () => conv2d(loose({ filters: '6', kernelSize: 3 }))],
    ['filters: undefined', () => conv2d(loose({ kernelSize: 3 }))],
    ['kernelSize: -1', () => conv2d({ filters: 1, kernelSize: -1 })],
    ['kernelSize: 0', () => conv2d({ filters: 1, kernelSize: [3, 0] })],
    ['kernelSize: [3, 3, 3]', () => conv2d(loose({ filters: 1, kernelSize: [3, 3, 3] }))],
    ['strides: 0', () => conv2d({ filters: 1, kernelSize: 3, strides: 0 })],
    ['strides: NaN', () => conv2d({ filters: 1, kernelSize: 3, strides: [1, Number.NaN] })],
    ['dilations: 0', () => conv2d({ filters: 1, kernelSize: 3, dilations: 0 })],
    ['groups: 1.5', () => conv2d({ filters: 3, kernelSize: 3, groups: 1.5 })],
    ['padding: "full"', () => conv2d(loose({ filters: 1, kernelSize: 3, padding: 'full' }))],
    ['padding: -1', () => conv2d({ filters: 1, kernelSize: 3, padding: -1 })],
    ['padding: [1]', () => conv2d(loose({ filters: 1, kernelSize: 3, padding: [1] }))],
    ['left: undefined', () => conv2d(loose({ filters: 1, kernelSize: 3, padding: { top: 1 } }))],
    ['top: undefined', () => conv2d(loose({ filters: 1, kernelSize: 3, padding: { left: 1 } }))],
    ['useBias: "no"', () => conv2d(loose({ filters: 1, kernelSize: 3, useBias: 'no' }))],
    ['kernelInitializer: a function', () => conv2d(loose({ filters: 1, kernelSize: 3, kernelInitializer: () => {} }))],
    ['biasInitializer: "zeros"', () => conv2d(loose({ filters: 1, kernelSize: 3, biasInitializer: 'zeros' }))],
    ['size: 0', () => maxPool2d({ size: 0 })],
    ['size: undefined', () => maxPool2d(loose({}))],
    ['strides: -2', () => maxPool2d({ size: 2, strides: -2 })],
    ['padding: 0.5', () => maxPool2d({ size: 2, padding: 0.5 })],
    ['size: [2, 2, 2]', () => avgPool2d(loose({ size: [2, 2, 2] }))],
    ['countPadding: 1', () => avgPool2d(loose({ size: 2, countPadding: 1 }))],
    ['units: 0', () => dense({ units: 0 })],
    ['units: Infinity', () => dense({ units: Number.POSITIVE_INFINITY })],
    ['useBias: 0', () => dense(loose({ units: 1, useBias: 0 }))],
    ['kernelInitializer: null', () => dense(loose({ units: 1, kernelInitializer: null }))],
    ['groups: 0', () => groupNorm({ groups: 0 })],
    ['groups: undefined', () => groupNorm(loose({}))],
    ['epsilon: 0', () => groupNorm({ groups: 1, epsilon: 0 })],
    ['scale: "no"', () => groupNorm(loose({ groups: 1, scale: 'no' }))],
    ['offset: 0', () => layerNorm(loose({ offset: 0 }))],
    ['epsilon: NaN', () => layerNorm({ epsilon: Number.NaN })],
    ['over: "pixels"', () => layerNorm(loose({ over: 'pixels' }))],
    ['name: ""', () => dense({ units: 1, name: '' })],
    ['name: 5', () => relu(loose({ name: 5 }))],
    ['value: NaN', () => constantInitializer(Number.NaN)],
  ])('%s', (given, make) => expectConvoyError(make, 'CONVOY_INVALID_OPTION', given));
});

describe('inputs', () => {
  const wide: Layer = conv2d({ filters: 2, kernelSize: 5 });

  test.each<[given: string, layer: Layer, input: Shape]>([
    ["'conv2d_1' an input of shape [784]", wide, [784]],
    ["'conv2d_1' a window of 5×5 over an input of shape [1, 4, 28], 4×28 with padding", wide, [1, 4, 28]],
    ["'conv2d_1' a window of 3×9", conv2d({ filters: 1, kernelSize: [3, 5], dilations: [1, 2] }), [1, 8, 8]],
    [
      "'conv2d_1' groups: 2 for an input of shape [3, 4, 4] and 4 filters",
      conv2d({ filters: 4, kernelSize: 1, groups: 2 }),
      [3, 4, 4],
    ],
    [
      "'conv2d_1' groups: 3 for an input of shape [3, 4, 4] and 4 filters",
      conv2d({ filters: 4, kernelSize: 1, groups: 3 }),
      [3, 4, 4],
    ],
    ["'groupNorm_1' groups: 4 for an input of shape [6, 2, 2]", groupNorm({ groups: 4 }), [6, 2, 2]],
    ["'maxPool2d_1' an input of shape [4, 4]", maxPool2d({ size: 2 }), [4, 4]],
    ["'maxPool2d_1' a window of 3×3", maxPool2d({ size: 3 }), [1, 2, 4]],
    ["'avgPool2d_1' a window of 3×3", avgPool2d({ size: 3 }), [1, 4, 2]],
    ["'dense_1' an input of shape [1, 28, 28]", dense({ units: 10 }), [1, 28, 28]],
    ["'head' an input of shape [1, 28, 28]", dense({ units: 10, name: 'head' }), [1, 28, 28]],
  ])('to layer %s', (given, layer, input) =>
    expectConvoyError(() => sequential({ input }, [layer]), 'CONVOY_SHAPE_MISMATCH', `to layer ${given}`),
  );

  test('are rejected with the name of the layer, in the middle of a model', () => {
    const shrinking = [
      conv2d({ filters: 4, kernelSize: 5 }),
      maxPool2d({ size: 2 }),
      conv2d({ filters: 4, kernelSize: 5 }),
    ];
    const build = () => sequential({ input: [1, 9, 12] }, [...shrinking, flatten(), dense({ units: 2 })]);
    expectConvoyError(
      build,
      'CONVOY_SHAPE_MISMATCH',
      "to layer 'conv2d_2' a window of 5×5 over an input of shape [4, 2, 4]",
    );
  });
});

test('a pair of numbers is vertical and horizontal; one number is both', () => {
  const pair = conv2d({ filters: 1, kernelSize: [3, 2], strides: [2, 1], padding: [1, 0], dilations: [1, 3] });
  expect(sequential({ input: [1, 5, 5] }, [pair]).output).toEqual([1, 3, 2]);
  const single = conv2d({ filters: 1, kernelSize: 3, strides: 2, padding: 1, dilations: 1 });
  expect(sequential({ input: [1, 5, 5] }, [single]).output).toEqual([1, 3, 3]);
});

test.each([
  [5, 3, 1],
  [5, 3, 2],
  [6, 2, 3],
  [4, 5, 1],
  [7, 1, 4],
])("padding: 'same' of %i cells with kernel %i and stride %i leaves ⌈cells / stride⌉", (cells, kernelSize, strides) => {
  const layer = conv2d({ filters: 1, kernelSize, strides, padding: 'same' });
  const extent = Math.ceil(cells / strides);
  expect(sequential({ input: [1, cells, cells] }, [layer]).output).toEqual([1, extent, extent]);
});
