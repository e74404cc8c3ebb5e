// A small U-Net, which classifies pixels.
import { ConvoyError, formatShape, positiveInteger, type Shape } from '@convoy/tensor';
import { checkOptions, optional } from '@convoy/tensor/checks';
import { type GraphNode, graph } from '../graph/graph.ts';
import type { Model } from '../graph/model.ts';
import { heNormal } from '../initializers/fan-scaled.ts';
import type { Layer } from '../layer.ts';
import { concat } from '../layers/concat.ts';
import { conv2d } from '../layers/conv2d.ts';
import { conv2dTranspose } from '../layers/conv2d-transpose.ts';
import { maxPool2d } from '../layers/max-pool2d.ts';
import { relu } from '../layers/relu.ts';
import { type NormalizedModelOptions, normalizedModelChecks } from './image-model-options.ts';
import { normalizedConv2d } from './normalized-conv2d.ts';

/** Options of `uNetSmall`. */
export interface UNetOptions extends NormalizedModelOptions {
  /** Channels at the full size; each halving doubles them. Default 16. */
  readonly filters?: number;
}

/** How often height and width are halved. */
const POOLINGS = 2;

/**
 * U-Net with three sizes of planes. On the way down, each size has a pair of 3×3 convolutions. On the way up, a 2×2 transposed convolution doubles the
 * size, its output is concatenated with the planes of that size from the way down, and a pair of 3×3 convolutions follows. A 1×1 convolution computes
 * the classes. Unlike in the paper, convolutions are padded, and batch normalization follows each 3×3 convolution.
 *
 * Input [channels, height, width], output [classes, height, width]; height and width are multiples of 4. 117 090 parameters for the default input
 * [1, 64, 64] and 2 classes.
 * O. Ronneberger and others, "U-Net: Convolutional Networks for Biomedical Image Segmentation", 2015.
 *
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH for images of other sizes, CONVOY_INVALID_OPTION, and as `graph`
 */
export function uNetSmall(options?: UNetOptions): Model {
  const { input, classes, sync, filters } = checkOptions('uNetSmall', options, {
    ...normalizedModelChecks([1, 64, 64], 2),
    filters: optional(positiveInteger, 16),
  });
  assertHalves(input);
  return graph({ input }, (image) =>
    level(image, filters, POOLINGS, sync).to(conv2d({ filters: classes, kernelSize: 1 })),
  );
}

/** The layers of one size and of all smaller ones: from x back to its size. */
function level(x: GraphNode, filters: number, poolings: number, sync: boolean): GraphNode {
  const down = x.to(...convolutions(filters, sync));
  if (poolings === 0) return down;
  const below = level(down.to(maxPool2d({ size: 2 })), 2 * filters, poolings - 1, sync);
  const up = below.to(conv2dTranspose({ filters, kernelSize: 2, strides: 2, kernelInitializer: heNormal() }));
  return down.merge(concat(), up).to(...convolutions(filters, sync));
}

const convolutions = (filters: number, sync: boolean): readonly Layer[] => [
  ...normalizedConv2d({ filters, kernelSize: 3, padding: 1 }, sync),
  relu(),
  ...normalizedConv2d({ filters, kernelSize: 3, padding: 1 }, sync),
  relu(),
];

function assertHalves(input: Shape): void {
  const [, height = 0, width = 0] = input;
  const divisor = 2 ** POOLINGS;
  if (input.length === 3 && height % divisor === 0 && width % divisor === 0) return;
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `an input of shape ${formatShape(input)}`,
    expected: `[channels, height, width], height and width multiples of ${divisor}`,
    fix: 'Pad the images with zeros, or crop them.',
  });
}
