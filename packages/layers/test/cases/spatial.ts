// Layers that enlarge or shrink planes, and poolings other than plain windows; see `layer-cases.ts`.
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
  upsample2d,
  zeroPad2d,
} from '@convoy/layers';
import type { Shape } from '@convoy/tensor';
import type { LayerCase } from '../conformance.ts';

const transposed: readonly LayerCase[] = [
  {
    title: 'conv2dTranspose of one channel and one filter',
    layer: conv2dTranspose({ filters: 1, kernelSize: 2 }),
    input: [1, 3, 3],
    output: [1, 4, 4],
    parameters: { kernel: [1, 1, 2, 2], bias: [1] },
  },
  {
    title: 'conv2dTranspose of several channels and filters, in odd sizes',
    layer: conv2dTranspose({ filters: 5, kernelSize: [3, 2], strides: [2, 1] }),
    input: [3, 2, 4],
    output: [5, 5, 5],
    parameters: { kernel: [3, 5, 3, 2], bias: [5] },
  },
  {
    title: 'conv2dTranspose that doubles planes, without bias',
    layer: conv2dTranspose({ filters: 2, kernelSize: 2, strides: 2, useBias: false }),
    input: [3, 2, 3],
    output: [2, 4, 6],
    parameters: { kernel: [3, 2, 2, 2] },
  },
  {
    title: 'conv2dTranspose with padding and outputPadding',
    layer: conv2dTranspose({ filters: 2, kernelSize: 3, strides: [2, 3], padding: 1, outputPadding: [1, 2] }),
    input: [2, 3, 2],
    output: [2, 6, 6],
    parameters: { kernel: [2, 2, 3, 3], bias: [2] },
  },
  {
    title: 'conv2dTranspose with different padding on each side, and an outputPadding of the dilation',
    layer: conv2dTranspose({
      filters: 3,
      kernelSize: 2,
      padding: { top: 0, left: 1, bottom: 2, right: 0 },
      dilations: [3, 2],
      outputPadding: [2, 0],
    }),
    input: [1, 3, 3],
    output: [3, 6, 4],
    parameters: { kernel: [1, 3, 2, 2], bias: [3] },
  },
  {
    title: "conv2dTranspose with padding: 'same'",
    layer: conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2, padding: 'same' }),
    input: [2, 2, 3],
    output: [2, 4, 6],
    parameters: { kernel: [2, 2, 3, 3], bias: [2] },
  },
  {
    title: "conv2dTranspose with padding: 'same' and strides beyond the kernel",
    layer: conv2dTranspose({ filters: 2, kernelSize: [2, 1], strides: 3, padding: 'same' }),
    input: [1, 2, 2],
    output: [2, 6, 6],
    parameters: { kernel: [1, 2, 2, 1], bias: [2] },
  },
  {
    title: 'conv2dTranspose in groups',
    layer: conv2dTranspose({ filters: 6, kernelSize: 2, groups: 2 }),
    input: [4, 2, 2],
    output: [6, 3, 3],
    parameters: { kernel: [4, 3, 2, 2], bias: [6] },
  },
];

const withoutParameters = (title: string, layer: Layer, input: Shape, output: Shape): LayerCase => ({
  title,
  layer,
  input,
  output,
  parameters: {},
});

const globals: readonly LayerCase[] = [globalAvgPool2d, globalMaxPool2d].flatMap((describe) => {
  const { type } = describe();
  return [
    withoutParameters(`${type} of planes`, describe(), [3, 4, 5], [3]),
    withoutParameters(`${type} of planes of more cells than are unrolled`, describe(), [2, 7, 8], [2]),
    withoutParameters(`${type} keeping the dimensions`, describe({ keepDimensions: true }), [5, 1, 3], [5, 1, 1]),
  ];
});

const adaptive: readonly LayerCase[] = [
  withoutParameters('adaptiveAvgPool2d into even bins', adaptiveAvgPool2d({ size: [2, 3] }), [2, 4, 6], [2, 2, 3]),
  withoutParameters(
    'adaptiveAvgPool2d into bins that overlap',
    adaptiveAvgPool2d({ size: [3, 4] }),
    [2, 5, 7],
    [2, 3, 4],
  ),
  withoutParameters(
    'adaptiveAvgPool2d into more bins than cells',
    adaptiveAvgPool2d({ size: 5 }),
    [1, 3, 2],
    [1, 5, 5],
  ),
];

const poolings: readonly LayerCase[] = [
  withoutParameters(
    'maxPool2d with dilation',
    maxPool2d({ size: 2, strides: 1, dilations: [2, 3] }),
    [2, 4, 5],
    [2, 2, 2],
  ),
  withoutParameters(
    'maxPool2d with dilation and padding that leave cells out',
    maxPool2d({ size: [2, 1], strides: 2, padding: [1, 0], dilations: 3 }),
    [1, 5, 4],
    [1, 2, 2],
  ),
  withoutParameters('maxPool2d with ceilMode', maxPool2d({ size: 2, ceilMode: true }), [2, 5, 3], [2, 3, 2]),
  withoutParameters('avgPool2d with ceilMode', avgPool2d({ size: [3, 2], ceilMode: true }), [2, 5, 3], [2, 2, 2]),
  withoutParameters(
    'avgPool2d with ceilMode, counting the padding',
    avgPool2d({ size: 3, strides: 2, padding: 1, ceilMode: true, countPadding: true }),
    [1, 4, 6],
    [1, 3, 4],
  ),
  withoutParameters(
    'avgPool2d with ceilMode, whose last window would begin in the padding',
    avgPool2d({ size: 2, strides: 2, padding: 1, ceilMode: true }),
    [1, 5, 3],
    [1, 3, 2],
  ),
];

const upsampled: readonly LayerCase[] = [
  withoutParameters('upsample2d', upsample2d({ scale: 2 }), [2, 3, 2], [2, 6, 4]),
  withoutParameters('upsample2d by large factors', upsample2d({ scale: [5, 4] }), [1, 2, 2], [1, 10, 8]),
  ...[false, true].flatMap((alignCorners) => {
    const title = alignCorners ? 'upsample2d, bilinear with aligned corners' : 'upsample2d, bilinear';
    const bilinear = (scale: number | [number, number]) => upsample2d({ scale, mode: 'bilinear', alignCorners });
    return [
      withoutParameters(title, bilinear(2), [2, 3, 4], [2, 6, 8]),
      withoutParameters(`${title}, of more channels than share weights`, bilinear([1, 3]), [5, 2, 3], [5, 2, 9]),
      withoutParameters(`${title}, of one row`, bilinear([4, 1]), [1, 1, 2], [1, 4, 2]),
    ];
  }),
];

const framed: readonly LayerCase[] = [
  withoutParameters('zeroPad2d', zeroPad2d({ padding: 1 }), [2, 2, 3], [2, 4, 5]),
  withoutParameters(
    'zeroPad2d with a different number on each side',
    zeroPad2d({ padding: { top: 0, left: 2, bottom: 3, right: 1 } }),
    [1, 2, 3],
    [1, 5, 6],
  ),
  withoutParameters('crop2d', crop2d({ cropping: [1, 2] }), [2, 4, 5], [2, 2, 1]),
  withoutParameters(
    'crop2d with a different number on each side',
    crop2d({ cropping: { top: 1, left: 0, bottom: 0, right: 2 } }),
    [1, 3, 4],
    [1, 2, 2],
  ),
];

const views: readonly LayerCase[] = [
  withoutParameters('reshape of features', reshape({ shape: [2, -1, 2] }), [12], [2, 3, 2]),
  withoutParameters('reshape of planes', reshape({ shape: [6, 4] }), [2, 3, 4], [6, 4]),
];

export const spatial: readonly LayerCase[] = [
  ...transposed,
  ...globals,
  ...adaptive,
  ...poolings,
  ...upsampled,
  ...framed,
  ...views,
];
