// Upsampling as weighted sums of input cells, and its gradient with the same weights, in float64.
import type { UpsampleNearest2dShape } from '../../shapes.ts';

/** The input cells on which an output cell of an axis depends, and their weights. */
export type Parts = readonly (readonly [cell: number, weight: number])[];

export interface Weights {
  readonly rows: readonly Parts[];
  readonly columns: readonly Parts[];
}

export function weightedSums(shape: UpsampleNearest2dShape, batch: number, input: Float64Array, weights: Weights) {
  const output = new Float64Array(input.length * shape.scaleY * shape.scaleX);
  forEachPart(shape, batch, weights, (y, x, weight) => {
    output[y]! += weight * input[x]!;
  });
  return output;
}

export function weightedSumsInputGradient(
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
