// Max pooling in float64: the twin that tests compare the fast kernels with.
import { outputHeight, outputWidth, type Pool2dShape } from '../../shapes.ts';
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
    output[y] = cells.reduce((maximum, { x }) => Math.max(maximum, input[x]!), -Infinity);
  });
  return output;
}

/**
 * Which cell of each window won: its number in row-major order, the padding counted. Of equal cells the first one wins, of several NaN the last.
 *
 * @param input (N, channels, height, width)
 * @returns (N, channels, outputHeight, outputWidth); −1 for a window over nothing but padding
 */
export function maxPool2dWinners(shape: Pool2dShape, batch: number, input: Float64Array): Float64Array {
  const winners = new Float64Array(batch * shape.channels * outputHeight(shape) * outputWidth(shape));
  forEachPoolWindow(shape, batch, (y, cells) => {
    const values = cells.map(({ x }) => input[x]!);
    const maximum = Math.max(...values);
    const winner = Number.isNaN(maximum) ? values.findLastIndex(Number.isNaN) : values.indexOf(maximum);
    winners[y] = cells[winner]?.number ?? -1;
  });
  return winners;
}

/**
 * ∂E/∂x: each output hands its gradient to the cell that won. Where windows overlap, a cell sums what it gets.
 *
 * @param winners what {@link maxPool2dWinners} made of the input
 * @param outputGradient (N, channels, outputHeight, outputWidth)
 * @returns (N, channels, height, width)
 */
export function maxPool2dInputGradient(
  shape: Pool2dShape,
  batch: number,
  winners: Float64Array,
  outputGradient: Float64Array,
): Float64Array {
  const inputGradient = new Float64Array(batch * shape.channels * shape.height * shape.width);
  forEachPoolWindow(shape, batch, (y, cells) => {
    for (const { x, number } of cells) if (number === winners[y]) inputGradient[x]! += outputGradient[y]!;
  });
  return inputGradient;
}
