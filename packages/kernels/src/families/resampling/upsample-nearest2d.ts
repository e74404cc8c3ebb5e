// Upsampling by repetition, and its gradient.
import { add, load, splat } from '../../language/floats.ts';
import type { Index } from '../../language/index-expression.ts';
import { type KernelBuilder, kernel } from '../../language/kernel-builder.ts';
import { cells } from '../../language/operands.ts';
import type { UpsampleNearest2dShape } from '../../shapes.ts';
import { type Activation, derivativeOperand, identity } from '../activations/activation.ts';

/** y[c, i, j] = f(x[c, ⌊i / scaleY⌋, ⌊j / scaleX⌋]) */
export function upsampleNearest2d(shape: UpsampleNearest2dShape, activation: Activation = identity) {
  return kernel('upsampleNearest2d', { x: inputRows(shape), y: outputRows(shape) }, (k, { x, y }) => {
    forEachInputCell(k, shape, (row, column) => {
      const value = k.let('x', activation.forward(k, load(x(row, column))));
      forEachCopy(k, shape, row, column, (i, j) => k.store(y(i, j), value));
    });
  });
}

/** ∂E/∂x = Σ ∂E/∂y over the copies of x, in row-major order, times the derivative of the activation that made x. */
export function upsampleNearest2dInputGradient(shape: UpsampleNearest2dShape, activation: Activation = identity) {
  const x = derivativeOperand(activation, inputRows(shape));
  const operands = { dy: outputRows(shape), x, dx: inputRows(shape) };
  return kernel('upsampleNearest2dInputGradient', operands, (k, { dy, x, dx }) => {
    forEachInputCell(k, shape, (row, column) => {
      const sum = k.variable('sum', splat(0));
      forEachCopy(k, shape, row, column, (i, j) => sum.set(add(sum.value, load(dy(i, j)))));
      k.store(dx(row, column), x ? activation.backward(k, sum.value, load(x(row, column))) : sum.value);
    });
  });
}

// The rows of all channels form one long plane, because no row of the output depends on two channels.
const inputRows = ({ channels, height, width }: UpsampleNearest2dShape) => cells(channels * height, width);

const outputRows = ({ channels, height, width, scaleY, scaleX }: UpsampleNearest2dShape) =>
  cells(channels * height * scaleY, width * scaleX);

function forEachInputCell(
  k: KernelBuilder,
  { channels, height, width }: UpsampleNearest2dShape,
  body: (row: Index, column: Index) => void,
): void {
  k.loop('row', 0, channels * height, (row) => k.loop('column', 0, width, (column) => body(row, column)));
}

/** Loops over more copies are not unrolled. */
const MAX_UNROLLED_COPIES = 16;

function forEachCopy(
  k: KernelBuilder,
  { scaleY, scaleX }: UpsampleNearest2dShape,
  row: Index,
  column: Index,
  visit: (row: Index, column: Index) => void,
): void {
  const over = (count: number, body: (index: Index) => void) =>
    scaleY * scaleX <= MAX_UNROLLED_COPIES ? k.unrolled('copy', 0, count, body) : k.loop('copy', 0, count, body);
  over(scaleY, (a) => over(scaleX, (b) => visit(row.times(scaleY).plus(a), column.times(scaleX).plus(b))));
}
