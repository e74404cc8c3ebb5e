// Whether windows of a pooling miss the input: such a window has no maximum and no mean.
import { outputHeight, outputWidth } from '@convoy/kernels';
import { ConvoyError } from '../errors/errors.ts';
import { formatShape, type Shape } from '../shape.ts';
import type { DilatedWindow } from './window.ts';

/**
 * Throws if a window covers no cell of the input, only padding or the gaps that dilations leave.
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH
 */
export function assertNoEmptyWindow(window: DilatedWindow, input: Shape): void {
  const { height, kernelHeight, strideY, padTop, dilationY, width, kernelWidth, strideX, padLeft, dilationX } = window;
  const row = firstEmpty(height, kernelHeight, outputHeight(window), strideY, padTop, dilationY);
  const column = firstEmpty(width, kernelWidth, outputWidth(window), strideX, padLeft, dilationX);
  if (row === undefined && column === undefined) return;
  const which = row === undefined ? `column ${column}` : `row ${row}`;
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `windows over an input of shape ${formatShape(input)} that lie in the padding: those of ${which} of the output`,
    expected: 'windows that each cover a cell of the input',
    fix: 'Use padding of at most half the size of the window, and smaller dilations.',
  });
}

/** The first output whose window covers no cell along an axis. */
function firstEmpty(
  input: number,
  kernel: number,
  output: number,
  stride: number,
  padding: number,
  dilation: number,
): number | undefined {
  const isEmpty = (o: number) => {
    const start = o * stride - padding;
    const before = Math.max(0, Math.ceil(-start / dilation));
    return before >= kernel || start + before * dilation >= input;
  };
  // A window that starts inside the input covers this cell. Of those that start after the input, the last one is one.
  const inside = Math.min(output, Math.ceil(padding / stride));
  for (let o = 0; o < inside; o++) if (isEmpty(o)) return o;
  if (!isEmpty(output - 1)) return undefined;
  return Math.max(inside, Math.ceil((input + padding) / stride));
}
