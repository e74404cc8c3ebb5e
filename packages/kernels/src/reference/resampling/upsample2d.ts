// Upsampling in float64: the twin that tests compare the fast kernels with. Both forms are weighted sums of input cells, and so are their
// gradients with the same weights.
import type { UpsampleBilinear2dShape, UpsampleNearest2dShape } from '../../shapes.ts';

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

/**
 * y[n, c, i, j] = x at row r(i) and column r(j), interpolated linearly between cells in both directions, with
 * r(i) = max(0, (i + ½) / scale − ½), or i · (height − 1) / (height · scale − 1) with `alignCorners`; beyond the last cell x goes on as it
 * is there.
 *
 * @param input (N, channels, height, width)
 * @returns (N, channels, height · scaleY, width · scaleX)
 */
export const upsampleBilinear2d = (shape: UpsampleBilinear2dShape, batch: number, input: Float64Array): Float64Array =>
  weightedSums(shape, batch, input, bilinearWeights(shape));

/** ∂E/∂x: the sum of ∂E/∂y by the weights of x in y. */
export const upsampleBilinear2dInputGradient = (
  shape: UpsampleBilinear2dShape,
  batch: number,
  outputGradient: Float64Array,
): Float64Array => weightedSumsInputGradient(shape, batch, outputGradient, bilinearWeights(shape));

/** The input cells that output cell i of an axis is made of, and their weights. */
type Parts = readonly (readonly [cell: number, weight: number])[];
interface Weights {
  readonly rows: readonly Parts[];
  readonly columns: readonly Parts[];
}

function nearestWeights({ height, width, scaleY, scaleX }: UpsampleNearest2dShape): Weights {
  const along = (input: number, scale: number) =>
    Array.from({ length: input * scale }, (_, i): Parts => [[Math.floor(i / scale), 1]]);
  return { rows: along(height, scaleY), columns: along(width, scaleX) };
}

function bilinearWeights({ height, width, scaleY, scaleX, alignCorners }: UpsampleBilinear2dShape): Weights {
  const along = (input: number, scale: number) =>
    Array.from({ length: input * scale }, (_, i): Parts => {
      const aligned = input === 1 ? 0 : (i * (input - 1)) / (input * scale - 1);
      const place = alignCorners ? aligned : Math.max(0, (i + 0.5) / scale - 0.5);
      const low = Math.floor(place);
      const part = place - low;
      return [
        [low, 1 - part],
        [Math.min(low + 1, input - 1), part],
      ];
    });
  return { rows: along(height, scaleY), columns: along(width, scaleX) };
}

function weightedSums(shape: UpsampleNearest2dShape, batch: number, input: Float64Array, weights: Weights) {
  const output = new Float64Array(input.length * shape.scaleY * shape.scaleX);
  forEachPart(shape, batch, weights, (y, x, weight) => {
    output[y]! += weight * input[x]!;
  });
  return output;
}

function weightedSumsInputGradient(
  shape: UpsampleNearest2dShape,
  batch: number,
  outputGradient: Float64Array,
  weights: Weights,
) {
  const inputGradient = new Float64Array(outputGradient.length / (shape.scaleY * shape.scaleX));
  forEachPart(shape, batch, weights, (y, x, weight) => {
    inputGradient[x]! += weight * outputGradient[y]!;
  });
  return inputGradient;
}

function forEachPart(
  { channels, height, width }: UpsampleNearest2dShape,
  batch: number,
  { rows, columns }: Weights,
  visit: (y: number, x: number, weight: number) => void,
): void {
  let y = 0;
  for (let plane = 0; plane < batch * channels; plane++) {
    for (const vertical of rows) {
      for (const horizontal of columns) {
        for (const [row, rowWeight] of vertical) {
          for (const [column, columnWeight] of horizontal) {
            visit(y, (plane * height + row) * width + column, rowWeight * columnWeight);
          }
        }
        y++;
      }
    }
  }
}
