// Reference of adaptive average pooling in float64.
import type { AdaptivePool2dShape } from '../../shapes.ts';

/**
 * y[n, c, i, j] = the mean of x[n, c] over rows ⌊i · height / rows⌋ to ⌈(i + 1) · height / rows⌉ − 1, and columns
 * likewise.
 *
 * @param input (N, channels, height, width)
 * @returns (N, channels, rows, columns)
 */
export function adaptiveAvgPool2d(shape: AdaptivePool2dShape, batch: number, input: Float64Array): Float64Array {
  const output = new Float64Array(batch * shape.channels * shape.rows * shape.columns);
  forEachBin(shape, batch, (y, cells) => {
    for (const x of cells) output[y]! += input[x]! / cells.length;
  });
  return output;
}

/**
 * ∂E/∂x: each bin gives ∂E/∂y / (number of its cells) to each of its cells.
 *
 * @param outputGradient (N, channels, rows, columns)
 * @returns (N, channels, height, width)
 */
export function adaptiveAvgPool2dInputGradient(
  shape: AdaptivePool2dShape,
  batch: number,
  outputGradient: Float64Array,
): Float64Array {
  const inputGradient = new Float64Array(batch * shape.channels * shape.height * shape.width);
  forEachBin(shape, batch, (y, cells) => {
    for (const x of cells) inputGradient[x]! += outputGradient[y]! / cells.length;
  });
  return inputGradient;
}

/** Visits every output in row-major order, with the flat indices of the input cells of its bin. */
function forEachBin(
  { channels, height, width, rows, columns }: AdaptivePool2dShape,
  batch: number,
  visit: (output: number, cells: readonly number[]) => void,
): void {
  let output = 0;
  for (let plane = 0; plane < batch * channels; plane++) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        const cells: number[] = [];
        for (let row = Math.floor((i * height) / rows); row < ((i + 1) * height) / rows; row++) {
          for (let column = Math.floor((j * width) / columns); column < ((j + 1) * width) / columns; column++) {
            cells.push((plane * height + row) * width + column);
          }
        }
        visit(output++, cells);
      }
    }
  }
}
