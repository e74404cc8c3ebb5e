// Reference of upsampling by bilinear interpolation, in float64.
import type { UpsampleBilinear2dShape } from '../../shapes.ts';
import { type Parts, type Weights, weightedSums, weightedSumsInputGradient } from './weighted-sums.ts';

/**
 * y[n, c, i, j] = x at row r(i) and column r(j), interpolated linearly between cells in both directions, with
 * r(i) = max(0, (i + ½) / scale − ½), or i · (height − 1) / (height · scale − 1) with `alignCorners`. After the last
 * cell, the value of the last cell continues.
 *
 * @param input (N, channels, height, width)
 * @returns (N, channels, height · scaleY, width · scaleX)
 */
export const upsampleBilinear2d = (shape: UpsampleBilinear2dShape, batch: number, input: Float64Array): Float64Array =>
  weightedSums(shape, batch, input, bilinearWeights(shape));

/** ∂E/∂x: the sum of ∂E/∂y, multiplied by the weights of x in y. */
export const upsampleBilinear2dInputGradient = (
  shape: UpsampleBilinear2dShape,
  batch: number,
  outputGradient: Float64Array,
): Float64Array => weightedSumsInputGradient(shape, batch, outputGradient, bilinearWeights(shape));

function bilinearWeights({ height, width, scaleY, scaleX, alignCorners }: UpsampleBilinear2dShape): Weights {
  const along = (input: number, scale: number) =>
    Array.from({ length: input * scale }, (_, i): Parts => {
      const aligned = input === 1 ? 0 : (i * (input - 1)) / (input * scale - 1);
      const position = alignCorners ? aligned : Math.max(0, (i + 0.5) / scale - 0.5);
      const low = Math.floor(position);
      const part = position - low;
      return [
        [low, 1 - part],
        [Math.min(low + 1, input - 1), part],
      ];
    });
  return { rows: along(height, scaleY), columns: along(width, scaleX) };
}
