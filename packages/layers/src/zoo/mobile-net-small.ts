// A narrow MobileNet for small images.
import { checkOptions, numberIn, optional } from '@convoy/tensor/checks';
import type { Model } from '../graph/model.ts';
import { sequential } from '../graph/sequential.ts';
import type { Layer } from '../layer.ts';
import { dense } from '../layers/dense.ts';
import { globalAvgPool2d } from '../layers/global-avg-pool2d.ts';
import { relu } from '../layers/relu.ts';
import { type NormalizedModelOptions, normalizedModelChecks } from './image-model-options.ts';
import { normalizedConv2d } from './normalized-conv2d.ts';

/** Options of `mobileNetSmall`. */
export interface MobileNetOptions extends NormalizedModelOptions {
  /** The factor of all numbers of channels, above 0, at most 1024; default 0.25. */
  readonly width?: number;
}

/**
 * MobileNet with a quarter of its channels: a 3×3 convolution, then 13 depthwise-separable convolutions. Each of these is a 3×3 convolution of every
 * channel, followed by a 1×1 convolution across channels. It has 215 642 parameters for the default input [3, 32, 32] and 10 classes. As in MobileNet,
 * four of the separable convolutions halve height and width. Unlike there, the first convolution keeps them, because the images are small.
 * A. G. Howard and others, "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications", 2017, table 1.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION for the width, and as `sequential`
 */
export function mobileNetSmall(options?: MobileNetOptions): Model {
  const { input, classes, sync, width } = checkOptions('mobileNetSmall', options, {
    ...normalizedModelChecks([3, 32, 32], 10),
    width: optional(numberIn({ above: 0, atMost: MAX_WIDTH }), 0.25),
  });
  const narrowed = (channels: number) => Math.max(1, Math.round(channels * width));
  const layers: Layer[] = [...normalizedConv2d({ filters: narrowed(32), kernelSize: 3, padding: 1 }, sync), relu()];
  let channels = narrowed(32);
  for (const { filters, strides } of SEPARABLE) {
    const depthwise = { filters: channels, groups: channels, kernelSize: 3, strides, padding: 1 };
    channels = narrowed(filters);
    const pointwise = { filters: channels, kernelSize: 1 };
    layers.push(...normalizedConv2d(depthwise, sync), relu(), ...normalizedConv2d(pointwise, sync), relu());
  }
  return sequential({ input }, [...layers, globalAvgPool2d(), dense({ units: classes })]);
}

const MAX_WIDTH = 1024;

/** The separable convolutions at full width. */
const SEPARABLE = [
  { filters: 64, strides: 1 },
  { filters: 128, strides: 2 },
  { filters: 128, strides: 1 },
  { filters: 256, strides: 2 },
  { filters: 256, strides: 1 },
  { filters: 512, strides: 2 },
  ...Array.from({ length: 5 }, () => ({ filters: 512, strides: 1 })),
  { filters: 1024, strides: 2 },
  { filters: 1024, strides: 1 },
];
