// Reference of average pooling in float64.
import { type AvgPool2dShape, outputHeight, outputWidth } from '../../shapes.ts';
import { forEachPoolWindow } from './pool-window.ts';

/**
 * y = (Σ x over the window) / divisor. With `countPadding` the divisor is the number of cells of the window except for
 * the overhang, otherwise the number of cells outside the padding. A window that covers only padding gives 0.
 *
 * @param input (N, channels, height, width)
 * @returns (N, channels, outputHeight, outputWidth)
 */
export function avgPool2d(shape: AvgPool2dShape, batch: number, input: Float64Array): Float64Array {
  const output = new Float64Array(batch * shape.channels * outputHeight(shape) * outputWidth(shape));
  forEachPoolWindow(shape, batch, (y, cells) => {
    for (const { x } of cells) output[y]! += input[x]! / divisor(shape, y, cells);
  });
  return output;
}

/**
 * ∂E/∂x: each window gives ∂E/∂y / divisor to each of its cells.
 *
 * @param outputGradient (N, channels, outputHeight, outputWidth)
 * @returns (N, channels, height, width)
 */
export function avgPool2dInputGradient(
  shape: AvgPool2dShape,
  batch: number,
  outputGradient: Float64Array,
): Float64Array {
  const inputGradient = new Float64Array(batch * shape.channels * shape.height * shape.width);
  forEachPoolWindow(shape, batch, (y, cells) => {
    for (const { x } of cells) inputGradient[x]! += outputGradient[y]! / divisor(shape, y, cells);
  });
  return inputGradient;
}

function divisor(shape: AvgPool2dShape, y: number, cells: ArrayLike<unknown>): number {
  if (!shape.countPadding) return cells.length;
  const { overhangBottom = 0, overhangRight = 0 } = shape;
  const column = y % outputWidth(shape);
  const row = Math.floor(y / outputWidth(shape)) % outputHeight(shape);
  const rowsLeft = shape.padTop + shape.height + shape.padBottom - overhangBottom - row * shape.strideY;
  const columnsLeft = shape.padLeft + shape.width + shape.padRight - overhangRight - column * shape.strideX;
  return Math.min(shape.kernelHeight, rowsLeft) * Math.min(shape.kernelWidth, columnsLeft);
}
