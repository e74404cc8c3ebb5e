// Reference of max pooling in float64.
import { outputHeight, outputWidth, type Pool2dShape } from '../../shapes.ts';
import { forEachPoolWindow } from './pool-window.ts';

/**
 * y = max of x over the window. Padding counts as −∞; NaN is greater than all numbers. A window that covers only
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
 * The argmax indices: which cell of each window is the greatest, counted in row-major order with the padding. Of equal
 * cells it is the first one, of several NaN the last one.
 *
 * @param input (N, channels, height, width)
 * @returns (N, channels, outputHeight, outputWidth); −1 for a window that covers only padding
 */
export function maxPool2dIndices(shape: Pool2dShape, batch: number, input: Float64Array): Float64Array {
  const indices = new Float64Array(batch * shape.channels * outputHeight(shape) * outputWidth(shape));
  forEachPoolWindow(shape, batch, (y, cells) => {
    const values = cells.map(({ x }) => input[x]!);
    const maximum = Math.max(...values);
    const greatest = Number.isNaN(maximum) ? values.findLastIndex(Number.isNaN) : values.indexOf(maximum);
    indices[y] = cells[greatest]?.index ?? -1;
  });
  return indices;
}

/**
 * ∂E/∂x: the gradient of a window goes to its argmax cell. Where windows overlap, a cell sums its gradients.
 *
 * @param indices the result of {@link maxPool2dIndices}
 * @param outputGradient (N, channels, outputHeight, outputWidth)
 * @returns (N, channels, height, width)
 */
export function maxPool2dInputGradient(
  shape: Pool2dShape,
  batch: number,
  indices: Float64Array,
  outputGradient: Float64Array,
): Float64Array {
  const inputGradient = new Float64Array(batch * shape.channels * shape.height * shape.width);
  forEachPoolWindow(shape, batch, (y, cells) => {
    for (const { x, index } of cells) if (index === indices[y]) inputGradient[x]! += outputGradient[y]!;
  });
  return inputGradient;
}
