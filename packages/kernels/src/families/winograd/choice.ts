// Which convolutions have Winograd's form, and which of those are faster with it.
import type { Conv2dShape } from '../../shapes.ts';
import { PRODUCTS } from './matrices.ts';
import { backwardProblem, forwardProblem, tilesOf } from './tiles.ts';

/** Whether the kernels of this folder can compute a convolution. */
export const hasWinograd = (shape: Conv2dShape): boolean =>
  shape.groups === 1 &&
  [shape.kernelHeight, shape.kernelWidth].every((size) => size >= 2 && size <= 5) &&
  [shape.strideY, shape.strideX, shape.dilationY, shape.dilationX].every((step) => step === 1) &&
  [shape.padTop, shape.padBottom].every((padding) => padding < shape.kernelHeight) &&
  [shape.padLeft, shape.padRight].every((padding) => padding < shape.kernelWidth);

export type ConvolutionDirection = 'forward' | 'inputGradient' | 'kernelGradient';

/**
 * In multiply-adds of the direct form, which take as long (Zen 5, one block, strict and wide alike): the transforms of a tile, for each channel;
 * what is done once for each weight.
 */
const TRANSFORM_COST = 200;
const WEIGHT_COST = { forward: 30, inputGradient: 30, kernelGradient: 115 } as const;
/** The direct form has no scratch memory and smaller errors: it stays unless this much is saved. */
const LEAST_SAVING = 0.1;

/** Whether Winograd's form of a convolution that `hasWinograd` is faster in one direction. */
export function winogradPays(shape: Conv2dShape, direction: ConvolutionDirection): boolean {
  const { rows, columns, inChannels, outChannels } =
    direction === 'inputGradient' ? backwardProblem(shape) : forwardProblem(shape);
  const pairs = inChannels * outChannels;
  const tiles = tilesOf(rows) * tilesOf(columns);
  const cost =
    tiles * (PRODUCTS * pairs + TRANSFORM_COST * (inChannels + outChannels)) + WEIGHT_COST[direction] * pairs;
  return cost < (1 - LEAST_SAVING) * directCost(shape);
}

/** Multiply-adds for one sample; those with padding are few, and left out by neither. */
function directCost(shape: Conv2dShape): number {
  const { rows, columns } = forwardProblem(shape);
  return rows.output * columns.output * rows.kernel * columns.kernel * shape.inChannels * shape.outChannels;
}
