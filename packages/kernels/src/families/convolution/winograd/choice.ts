// Which convolutions Winograd's algorithm can compute, and for which of them it is the faster one.
import type { Conv2dShape } from '../../../shapes.ts';
import type { Axis } from '../taps.ts';
import { PRODUCTS } from './matrices.ts';
import { problemOf, tileOutputs, tilesOf } from './tiles.ts';
import { POINTS } from './transforms.ts';

/** Whether the kernels of this folder can compute a convolution. */
export const hasWinograd = (shape: Conv2dShape): boolean =>
  shape.groups === 1 &&
  [shape.kernelHeight, shape.kernelWidth].every((size) => size >= 2 && size <= 5) &&
  [shape.strideY, shape.strideX, shape.dilationY, shape.dilationX].every((step) => step === 1) &&
  [shape.padTop, shape.padBottom].every((padding) => padding < shape.kernelHeight) &&
  [shape.padLeft, shape.padRight].every((padding) => padding < shape.kernelWidth);

export type ConvolutionDirection = 'forward' | 'inputGradient' | 'weightGradient';

/** The time to transform a line of a tile, in multiply-adds of the direct algorithm (Zen 5, one block per call). */
const LINE_COST = 20;
/** The time of the work that is done once per weight, in the same unit. */
const WEIGHT_COST = { forward: 30, inputGradient: 30, weightGradient: 115 } as const;
/**
 * The direct algorithm needs no scratch memory and has smaller errors, so Winograd's must save at least this part of
 * the time.
 */
const MIN_SAVING = 0.1;

/** Whether Winograd's algorithm is faster in one direction, for a shape that `hasWinograd`. */
export function winogradPays(shape: Conv2dShape, direction: ConvolutionDirection): boolean {
  const { rows, columns, inChannels, outChannels } = problemOf(shape);
  const pairs = inChannels * outChannels;
  const tiles = tilesOf(rows) * tilesOf(columns);
  const lines = POINTS + (tileOutputs(rows) + tileOutputs(columns)) / 2;
  const tileCost = PRODUCTS * pairs + LINE_COST * lines * (inChannels + outChannels);
  const cost = tiles * tileCost + WEIGHT_COST[direction] * pairs;
  return cost < (1 - MIN_SAVING) * tapsInside(rows) * tapsInside(columns) * pairs;
}

/** The number of taps along an axis that read the input and not padding. */
function tapsInside({ input, output, kernel, padding }: Axis): number {
  let taps = 0;
  for (let p = 0; p < kernel; p++) taps += Math.min(output, input + padding - p) - Math.max(0, padding - p);
  return taps;
}
