// Reference of upsampling by repetition, in float64.
import type { UpsampleNearest2dShape } from '../../shapes.ts';
import { type Parts, type Weights, weightedSums, weightedSumsInputGradient } from './weighted-sums.ts';

/**
 * y[n, c, i, j] = x[n, c, ⌊i / scaleY⌋, ⌊j / scaleX⌋]
 *
 * @param input (N, channels, height, width)
 * @returns (N, channels, height · scaleY, width · scaleX)
 */
export const upsampleNearest2d = (shape: UpsampleNearest2dShape, batch: number, input: Float64Array): Float64Array =>
  weightedSums(shape, batch, input, nearestWeights(shape));

/** ∂E/∂x: the sum of ∂E/∂y over the copies of x. */
export const upsampleNearest2dInputGradient = (
  shape: UpsampleNearest2dShape,
  batch: number,
  outputGradient: Float64Array,
): Float64Array => weightedSumsInputGradient(shape, batch, outputGradient, nearestWeights(shape));

function nearestWeights({ height, width, scaleY, scaleX }: UpsampleNearest2dShape): Weights {
  const along = (input: number, scale: number) =>
    Array.from({ length: input * scale }, (_, i): Parts => [[Math.floor(i / scale), 1]]);
  return { rows: along(height, scaleY), columns: along(width, scaleX) };
}
