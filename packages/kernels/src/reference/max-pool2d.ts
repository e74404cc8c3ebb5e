// Max pooling in float64: the twin that tests compare the fast kernels with.
import { outputHeight, outputWidth, type Pool2dShape } from '../shapes.ts';
import { forEachPoolWindow } from './pool-window.ts';

/**
 * y = max of x over the window. Padding counts as −∞ and never wins; a NaN always does. A window over nothing but
 * padding gives −∞.
 *
 * @param input (N, channels, height, width)
 * @returns (N, channels, outputHeight, outputWidth)
 */
export function maxPool2d(shape: Pool2dShape, batch: number, input: Float64Array): Float64Array {
  const output = new Float64Array(batch * shape.channels * outputHeight(shape) * outputWidth(shape));
  forEachPoolWindow(shape, batch, (y, cells) => {
    output[y] = cells.reduce((maximum, x) => Math.max(maximum, input[x]!), -Infinity);
  });
  return output;
}

/**
 * ∂E/∂x: each output hands its gradient to the cell that won, of equal cells to the first in row-major order of the
 * window. Where windows overlap, a cell sums what it gets.
 *
 * @param input (N, channels, height, width)
 * @param output what {@link maxPool2d} made of it
 * @param outputGradient (N, channels, outputHeight, outputWidth)
 * @returns (N, channels, height, width)
 */
export function maxPool2dInputGradient(
  shape: Pool2dShape,
  batch: number,
  input: Float64Array,
  output: Float64Array,
  outputGradient: Float64Array,
): Float64Array {
  const inputGradient = new Float64Array(batch * shape.channels * shape.height * shape.width);
  forEachPoolWindow(shape, batch, (y, cells) => {
    const winner = cells.find((x) => input[x] === output[y]);
    if (winner !== undefined) inputGradient[winner]! += outputGradient[y]!;
  });
  return inputGradient;
}
