// Which convolutions have Winograd's form, and which of those are faster with it.
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

/** In multiply-adds of the direct form that take as long (Zen 5, one block a call): to transform a line of a tile. */
const LINE_COST = 20;
/** The same, for what is done once for each weight. */
const WEIGHT_COST = { forward: 30, inputGradient: 30, weightGradient: 115 } as const;
/** The direct form has no scratch memory and smaller errors: it stays unless this much is saved. */
const LEAST_SAVING = 0.1;

/** Whether Winograd's form of a convolution that `hasWinograd` is faster in one direction. */
export function winogradPays(shape: Conv2dShape, direction: ConvolutionDirection): boolean {
  const { rows, columns, inChannels, outChannels } = problemOf(shape);
  const pairs = inChannels * outChannels;
  const tiles = tilesOf(rows) * tilesOf(columns);
  const lines = POINTS + (tileOutputs(rows) + tileOutputs(columns)) / 2;
  const tileCost = PRODUCTS * pairs + LINE_COST * lines * (inChannels + outChannels);
  const cost = tiles * tileCost + WEIGHT_COST[direction] * pairs;
  return cost < (1 - LEAST_SAVING) * tapsInside(rows) * tapsInside(columns) * pairs;
}

/** How often a kernel's cells meet the input, rather than padding. */
function tapsInside({ input, output, kernel, padding }: Axis): number {
  let taps = 0;
  for (let p = 0; p < kernel; p++) taps += Math.min(output, input + padding - p) - Math.max(0, padding - p);
  return taps;
}
