// Upsampling by repetition, and its gradient.
import type { Index } from '../../language/index-expression.ts';
import { cells, type KernelBuilder, kernel } from '../../language/kernel-builder.ts';
import type { Kernel } from '../../language/statement.ts';
import { add, load, splat } from '../../language/value.ts';
import type { UpsampleNearest2dShape } from '../../shapes.ts';
import { type Activation, identity } from '../activations/activation.ts';

/**
 * y[c, i, j] = f(x[c, ⌊i / scaleY⌋, ⌊j / scaleX⌋])
 *
 * Arguments: x cells (channels, height, width), y cells (channels, height · scaleY, width · scaleX).
 */
export function upsampleNearest2d(shape: UpsampleNearest2dShape, activation: Activation = identity): Kernel {
  return kernel('upsampleNearest2d', { x: 'f32[]', y: 'f32[]' }, (k, { x, y }) => {
    const input = cells(x, [shape.channels * shape.height, shape.width]);
    const output = cells(y, [shape.channels * shape.height * shape.scaleY, shape.width * shape.scaleX]);
    forEachInputCell(k, shape, (row, column) => {
      const value = k.let('x', activation.forward(k, load(input(row, column))));
      forEachCopy(k, shape, row, column, (i, j) => k.store(output(i, j), value));
    });
  });
}

/**
 * ∂E/∂x = Σ ∂E/∂y over the copies of x, in row-major order. Then through the activation that made x.
 *
 * Arguments: dy cells as y, x cells (for the activation alone), dx cells as x.
 */
export function upsampleNearest2dInputGradient(
  shape: UpsampleNearest2dShape,
  activation: Activation = identity,
): Kernel {
  const parameters = { dy: 'f32[]', x: 'f32[]', dx: 'f32[]' } as const;
  return kernel('upsampleNearest2dInputGradient', parameters, (k, { dy, x, dx }) => {
    const input = cells(x, [shape.channels * shape.height, shape.width]);
    const inputGradient = cells(dx, [shape.channels * shape.height, shape.width]);
    const outputGradient = cells(dy, [shape.channels * shape.height * shape.scaleY, shape.width * shape.scaleX]);
    forEachInputCell(k, shape, (row, column) => {
      const sum = k.variable('sum', splat(0));
      forEachCopy(k, shape, row, column, (i, j) => sum.set(add(sum.value, load(outputGradient(i, j)))));
      k.store(inputGradient(row, column), activation.backward(k, sum.value, load(input(row, column))));
    });
  });
}

/** The rows of all channels are one long run of rows: no row of the output depends on two channels. */
function forEachInputCell(
  k: KernelBuilder,
  { channels, height, width }: UpsampleNearest2dShape,
  body: (row: Index, column: Index) => void,
): void {
  k.loop('row', 0, channels * height, (row) => k.loop('column', 0, width, (column) => body(row, column)));
}

/** Past this many copies the loops over them stay loops. */
const MOST_UNROLLED_COPIES = 16;

function forEachCopy(
  k: KernelBuilder,
  { scaleY, scaleX }: UpsampleNearest2dShape,
  row: Index,
  column: Index,
  visit: (row: Index, column: Index) => void,
): void {
  const over = (count: number, body: (index: Index) => void) =>
    scaleY * scaleX <= MOST_UNROLLED_COPIES ? k.unrolled('copy', 0, count, body) : k.loop('copy', 0, count, body);
  over(scaleY, (a) => over(scaleX, (b) => visit(row.times(scaleY).plus(a), column.times(scaleX).plus(b))));
}
