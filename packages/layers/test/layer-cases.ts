// Every layer with the options that matter, for the conformance checks: each row is a layer for one input shape.
import { avgPool2d, conv2d, dense, flatten, maxPool2d, type Pool2dOptions } from '@convoy/layers';
import type { Shape } from '@convoy/tensor';
import { activations } from './cases/activations.ts';
import { normalizations } from './cases/normalization.ts';
import { spatial } from './cases/spatial.ts';
import type { LayerCase } from './conformance.ts';

const convolutions: readonly LayerCase[] = [
  {
    title: 'conv2d of one channel and one filter',
    layer: conv2d({ filters: 1, kernelSize: 2 }),
    input: [1, 5, 5],
    output: [1, 4, 4],
    parameters: { kernel: [1, 1, 2, 2], bias: [1] },
  },
  {
    title: 'conv2d of several channels and filters, in odd sizes',
    layer: conv2d({ filters: 5, kernelSize: [3, 2] }),
    input: [3, 5, 4],
    output: [5, 3, 3],
    parameters: { kernel: [5, 3, 3, 2], bias: [5] },
  },
  {
    title: 'conv2d without bias',
    layer: conv2d({ filters: 2, kernelSize: 3, useBias: false }),
    input: [2, 4, 5],
    output: [2, 2, 3],
    parameters: { kernel: [2, 2, 3, 3] },
  },
  {
    title: "conv2d with padding: 'same' and strides",
    layer: conv2d({ filters: 3, kernelSize: 3, strides: 2, padding: 'same' }),
    input: [2, 5, 4],
    output: [3, 3, 2],
    parameters: { kernel: [3, 2, 3, 3], bias: [3] },
  },
  {
    title: 'conv2d with different padding on each side',
    layer: conv2d({ filters: 2, kernelSize: 2, padding: { top: 1, left: 0, bottom: 2, right: 1 } }),
    input: [2, 3, 4],
    output: [2, 5, 4],
    parameters: { kernel: [2, 2, 2, 2], bias: [2] },
  },
  {
    title: 'conv2d with strides beyond the kernel',
    layer: conv2d({ filters: 2, kernelSize: 2, strides: [3, 4] }),
    input: [1, 6, 7],
    output: [2, 2, 2],
    parameters: { kernel: [2, 1, 2, 2], bias: [2] },
  },
  {
    title: 'conv2d with dilation',
    layer: conv2d({ filters: 2, kernelSize: [2, 3], dilations: [3, 2], padding: [1, 2] }),
    input: [2, 4, 5],
    output: [2, 3, 5],
    parameters: { kernel: [2, 2, 2, 3], bias: [2] },
  },
  {
    title: 'conv2d in groups',
    layer: conv2d({ filters: 6, kernelSize: 2, groups: 2 }),
    input: [4, 3, 3],
    output: [6, 2, 2],
    parameters: { kernel: [6, 2, 2, 2], bias: [6] },
  },
  {
    title: 'conv2d of each channel separately',
    layer: conv2d({ filters: 3, kernelSize: 3, padding: 1, groups: 3 }),
    input: [3, 3, 3],
    output: [3, 3, 3],
    parameters: { kernel: [3, 1, 3, 3], bias: [3] },
  },
  {
    title: 'conv2d of each channel separately, with several filters and strides',
    layer: conv2d({ filters: 8, kernelSize: [2, 3], strides: 2, padding: 1, groups: 2 }),
    input: [2, 4, 5],
    output: [8, 3, 3],
    parameters: { kernel: [8, 1, 2, 3], bias: [8] },
  },
  {
    title: "conv2d of 3×3 by Winograd's algorithm",
    layer: conv2d({
      filters: 9,
      kernelSize: 3,
      padding: { top: 1, left: 0, bottom: 2, right: 1 },
      algorithm: 'winograd',
    }),
    input: [8, 4, 5],
    output: [9, 5, 4],
    parameters: { kernel: [9, 8, 3, 3], bias: [9] },
  },
  {
    title: "conv2d of few channels by Winograd's algorithm, without bias",
    layer: conv2d({ filters: 2, kernelSize: 3, padding: 'same', useBias: false, algorithm: 'winograd' }),
    input: [3, 6, 5],
    output: [2, 6, 5],
    parameters: { kernel: [2, 3, 3, 3] },
  },
  {
    title: "conv2d of 5×4 by Winograd's algorithm",
    layer: conv2d({ filters: 2, kernelSize: [5, 4], padding: 'same', algorithm: 'winograd' }),
    input: [2, 3, 4],
    output: [2, 3, 4],
    parameters: { kernel: [2, 2, 5, 4], bias: [2] },
  },
  {
    title: 'conv2d of many channels by the direct algorithm',
    layer: conv2d({ filters: 8, kernelSize: 3, algorithm: 'direct' }),
    input: [8, 3, 4],
    output: [8, 1, 2],
    parameters: { kernel: [8, 8, 3, 3], bias: [8] },
  },
  {
    title: 'conv2d of 1×1',
    layer: conv2d({ filters: 9, kernelSize: 1 }),
    input: [4, 2, 3],
    output: [9, 2, 3],
    parameters: { kernel: [9, 4, 1, 1], bias: [9] },
  },
  {
    title: 'conv2d of 1×1 over many channels',
    layer: conv2d({ filters: 17, kernelSize: 1 }),
    input: [5, 3, 5],
    output: [17, 3, 5],
    parameters: { kernel: [17, 5, 1, 1], bias: [17] },
  },
  {
    title: 'conv2d with a kernel larger than the plane without its padding',
    layer: conv2d({ filters: 2, kernelSize: 5, padding: 2 }),
    input: [1, 3, 2],
    output: [2, 3, 2],
    parameters: { kernel: [2, 1, 5, 5], bias: [2] },
  },
];

const windows: readonly { readonly options: Pool2dOptions; readonly input: Shape; readonly output: Shape }[] = [
  { options: { size: 2 }, input: [2, 4, 6], output: [2, 2, 3] },
  { options: { size: 2 }, input: [1, 5, 3], output: [1, 2, 1] },
  { options: { size: 3, strides: 2, padding: 'same' }, input: [2, 5, 4], output: [2, 3, 2] },
  { options: { size: [2, 3], strides: 1 }, input: [1, 4, 4], output: [1, 3, 2] },
  { options: { size: 2, strides: [3, 4] }, input: [2, 5, 6], output: [2, 2, 2] },
  { options: { size: 2, padding: { top: 1, left: 0, bottom: 0, right: 1 } }, input: [1, 3, 3], output: [1, 2, 2] },
];

const poolings: readonly LayerCase[] = windows.flatMap(({ options, ...shapes }) => {
  const title = `${JSON.stringify(options).replaceAll('"', '')} over ${shapes.input}`;
  return [
    { ...shapes, title: `maxPool2d of ${title}`, layer: maxPool2d(options), parameters: {} },
    { ...shapes, title: `avgPool2d of ${title}`, layer: avgPool2d(options), parameters: {} },
    {
      ...shapes,
      title: `avgPool2d of ${title}, counting the padding`,
      layer: avgPool2d({ ...options, countPadding: true }),
      parameters: {},
    },
  ];
});

const fullyConnected: readonly LayerCase[] = [
  {
    title: 'dense of one feature and one unit',
    layer: dense({ units: 1 }),
    input: [1],
    output: [1],
    parameters: { kernel: [1, 1], bias: [1] },
  },
  {
    title: 'dense with fewer features than lanes',
    layer: dense({ units: 5 }),
    input: [7],
    output: [5],
    parameters: { kernel: [5, 7], bias: [5] },
  },
  {
    title: 'dense with more features than lanes',
    layer: dense({ units: 9 }),
    input: [21],
    output: [9],
    parameters: { kernel: [9, 21], bias: [9] },
  },
  {
    title: 'dense without bias',
    layer: dense({ units: 4, useBias: false }),
    input: [8],
    output: [4],
    parameters: { kernel: [4, 8] },
  },
];

const views: readonly LayerCase[] = [
  { title: 'flatten of planes', layer: flatten(), input: [2, 3, 4], output: [24], parameters: {} },
  { title: 'flatten of features', layer: flatten(), input: [5], output: [5], parameters: {} },
];

export const layerCases: readonly LayerCase[] = [
  ...convolutions,
  ...poolings,
  ...fullyConnected,
  ...activations,
  ...views,
  ...normalizations,
  ...spatial,
];
