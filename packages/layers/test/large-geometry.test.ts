// Geometry that no memory can hold, or whose windows miss the input, is refused when a layer or a model is made: at once, before any work.
import {
  adaptiveAvgPool2d,
  avgPool2d,
  concat,
  conv2d,
  conv2dTranspose,
  crop2d,
  dense,
  globalMaxPool2d,
  graph,
  groupNorm,
  type Layer,
  maxPool2d,
  reshape,
  sequential,
  upsample2d,
  zeroPad2d,
} from '@convoy/layers';
import type { Shape } from '@convoy/tensor';
import { describe, expect, test } from 'vitest';
import { alone, checkKernels } from './conformance.ts';
import { expectConvoyError } from './expectations.ts';

const LARGEST = 2 ** 16;

function expectAtOnce(action: () => void): void {
  const start = performance.now();
  action();
  expect(performance.now() - start).toBeLessThan(500);
}

describe('options beyond the largest', () => {
  const window = { filters: 1, kernelSize: 2 };
  const layers: readonly [option: string, make: (number: number) => Layer][] = [
    ['kernelSize', (kernelSize) => conv2d({ filters: 1, kernelSize })],
    ['strides', (strides) => conv2d({ ...window, strides })],
    ['dilations', (dilations) => conv2d({ ...window, dilations })],
    ['dilations', (number) => conv2d({ ...window, dilations: number, padding: number })],
    ['padding', (padding) => conv2d({ ...window, padding })],
    ['padding.left', (left) => conv2d({ ...window, padding: { top: 0, left, bottom: 0, right: 0 } })],
    ['kernelSize', (kernelSize) => conv2dTranspose({ filters: 1, kernelSize })],
    ['strides', (strides) => conv2dTranspose({ ...window, strides })],
    ['outputPadding', (outputPadding) => conv2dTranspose({ ...window, outputPadding })],
    ['size', (size) => maxPool2d({ size })],
    ['strides', (strides) => maxPool2d({ size: 2, strides })],
    ['dilations', (dilations) => maxPool2d({ size: 2, dilations })],
    ['padding', (padding) => avgPool2d({ size: 2, padding })],
    ['size', (size) => adaptiveAvgPool2d({ size })],
    ['scale', (scale) => upsample2d({ scale })],
    ['padding', (padding) => zeroPad2d({ padding })],
    ['cropping', (cropping) => crop2d({ cropping })],
  ];
  const numbers = [LARGEST + 1, 2 ** 20, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53];

  test.each(layers)('%s (case %#)', (option, make) => {
    for (const number of numbers) {
      expectAtOnce(() => expectConvoyError(() => make(number), 'CONVOY_INVALID_OPTION', `${option}: ${number}`));
    }
    if (option !== 'outputPadding') expect(make(LARGEST).settings).toBeDefined();
  });

  test.each(numbers)('filters, units and groups of %d', (number) => {
    const layers = [
      () => dense({ units: number }),
      () => conv2d({ ...window, filters: number }),
      () => conv2dTranspose({ ...window, filters: number }),
      () => conv2d({ ...window, groups: number }),
      () => groupNorm({ groups: number }),
    ];
    for (const make of layers) {
      expectAtOnce(() => {
        // The layer or the model refuses it.
        const build = () => sequential({ input: [4, 64, 64] }, [make()]);
        expect(build).toThrow(
          expect.objectContaining({ code: expect.stringMatching(/INVALID_OPTION|SHAPE_MISMATCH/) }),
        );
      });
    }
  });
});

describe('models that no memory can hold', () => {
  const huge = 2 ** 31 - 1;

  test.each<Shape>([[2 ** 27 + 1], [3, 2 ** 26], [huge, huge], [2 ** 32], [2 ** 53 - 1], [1, 2 ** 20, 2 ** 20]])(
    'an input of shape [%s, …]',
    (...input) => {
      expectAtOnce(() =>
        expectConvoyError(() => sequential({ input }, [reshape({ shape: [-1] })]), 'CONVOY_INVALID_SHAPE', 'input: '),
      );
    },
  );

  test.each<[given: string, layer: Layer, input: Shape]>([
    ["a parameter 'kernel' of shape [134217728, 9]", dense({ units: 2 ** 27 }), [9]],
    ['an output of shape [134217729]', dense({ units: 2 ** 27 + 1 }), [1]],
    ['an output of shape [2147483647, 1, 1]', conv2d({ filters: huge, kernelSize: 1 }), [1, 1, 1]],
    ['an output of shape [1, 131073, 131073]', conv2d({ filters: 1, kernelSize: 1, padding: LARGEST }), [1, 1, 1]],
    [
      "a parameter 'kernel' of shape [1, 1, 65536, 65536]",
      conv2d({ filters: 1, kernelSize: LARGEST, padding: LARGEST / 2 }),
      [1, 1, 1],
    ],
    ['an output of shape [1, 65536, 65536]', upsample2d({ scale: LARGEST }), [1, 1, 1]],
    ['an output of shape [1, 131073, 131073]', zeroPad2d({ padding: LARGEST }), [1, 1, 1]],
    ['an output of shape [1, 65536, 65536]', adaptiveAvgPool2d({ size: LARGEST }), [1, 1, 1]],
    [
      'an output of shape [1, 196609, 196609]',
      conv2dTranspose({ filters: 1, kernelSize: 1, strides: LARGEST }),
      [1, 4, 4],
    ],
    [
      'an output of shape [1, 131072, 131072]',
      avgPool2d({ size: 2, strides: 1, padding: LARGEST, countPadding: true }),
      [1, 1, 1],
    ],
    ['size: 65536 for an axis of 32768 pixels', adaptiveAvgPool2d({ size: [1, LARGEST] }), [1, 1, 2 ** 15]],
    [
      'alignCorners: true for planes',
      upsample2d({ scale: [1, 4], mode: 'bilinear', alignCorners: true }),
      [1, 1, 24_000],
    ],
    ['windows of 4096×4097', globalMaxPool2d(), [1, 4096, 4097]],
  ])('%s', (given, layer, input) => {
    expectAtOnce(() => expectConvoyError(() => sequential({ input }, [layer]), 'CONVOY_SHAPE_MISMATCH', given));
  });

  test('a concatenation', () => {
    const half = 2 ** 26;
    const build = (extra: number) =>
      graph({ input: [half] }, (x) => x.merge(concat(), ...(extra === 0 ? [x] : [x, x])));
    expect(build(0).output).toEqual([2 ** 27]);
    expectAtOnce(() => expectConvoyError(() => build(1), 'CONVOY_SHAPE_MISMATCH', 'an output of shape [201326592]'));
  });
});

test.each<[given: string, layer: Layer, input: Shape]>([
  ['row 0', maxPool2d({ size: 2, padding: 2 }), [1, 2, 2]],
  ['column 0', maxPool2d({ size: [3, 2], padding: [1, 2] }), [1, 2, 2]],
  ['column 1', maxPool2d({ size: [1, 2], strides: 1, padding: 'same', dilations: 4 }), [1, 1, 3]],
  ['column 2', maxPool2d({ size: 1, padding: { top: 0, left: 0, bottom: 0, right: 1 } }), [1, 2, 2]],
  ['row 0', avgPool2d({ size: 2, padding: 2 }), [1, 2, 2]],
])('windows that miss the input: those of %s', (given, layer, input) =>
  expectConvoyError(() => sequential({ input }, [layer]), 'CONVOY_SHAPE_MISMATCH', `those of ${given} of the output`),
);

test.each<[layer: Layer, input: Shape, output: Shape, parameters: Record<string, Shape>]>([
  [conv2d({ filters: 3, kernelSize: 2, strides: LARGEST }), [2, 4, 5], [3, 1, 1], { kernel: [3, 2, 2, 2], bias: [3] }],
  [
    conv2d({ filters: 2, kernelSize: 3, strides: [40, 9] }),
    [2, 60, 30],
    [2, 2, 4],
    { kernel: [2, 2, 3, 3], bias: [2] },
  ],
  [
    conv2dTranspose({ filters: 2, kernelSize: 1, strides: [40, 35] }),
    [2, 2, 1],
    [2, 41, 1],
    { kernel: [2, 2, 1, 1], bias: [2] },
  ],
  [maxPool2d({ size: 2, strides: LARGEST }), [2, 4, 5], [2, 1, 1], {}],
  [avgPool2d({ size: 2, strides: LARGEST }), [2, 4, 5], [2, 1, 1], {}],
])('strides beyond the input or the window: $type', (layer, input, output, parameters) =>
  checkKernels({ title: layer.type, layer, input, output, parameters }, alone, [13]),
);
