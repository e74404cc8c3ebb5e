// Max pooling and its gradient, which goes to the cells that won.

import { convert, equalTo, load, select, splat } from '../../language/floats.ts';
import { Index } from '../../language/index-expression.ts';
import { type KernelBuilder, kernel } from '../../language/kernel-builder.ts';
import type { Access, Vector } from '../../language/value.ts';
import type { Pool2dShape } from '../../shapes.ts';
import { type Activation, identity } from '../activations/activation.ts';
import { contest, type Maximum, maximum } from './argmax.ts';
import {
  fewCells,
  forEachCell,
  forEachWindow,
  numberOf,
  type PoolWindow,
  pooledCells,
  slidingWindows,
  storeInputGradient,
  unpooledCells,
  windowsOverlap,
} from './pool-window.ts';

/**
 * y = max of x over the window, without the padding. A NaN always wins; a window over nothing but padding gives −∞.
 *
 * Arguments: x cells (channels, height, width), y cells (channels, outputHeight, outputWidth).
 */
export function maxPool2d(shape: Pool2dShape) {
  const windows = slidingWindows(shape);
  return kernel('maxPool2d', { x: unpooledCells(windows), y: pooledCells(windows) }, (k, { x, y }) => {
    forEachWindow(k, windows, (window) => {
      const { largest } = enterCells(k, window, x, (start) => maximum(k, start));
      k.store(y(window.channel, window.row, window.column), largest.value);
    });
  });
}

/**
 * The same, and which cell of each window won: its number in row-major order, the padding counted. Of equal cells the first one wins, of several
 * NaN the last. A window over nothing but padding has the number of some cell in the padding.
 *
 * Arguments: x cells, winners cells as y, y cells.
 */
export function maxPool2dWithIndices(shape: Pool2dShape) {
  const windows = slidingWindows(shape);
  const operands = { x: unpooledCells(windows), winners: pooledCells(windows), y: pooledCells(windows) };
  return kernel('maxPool2dWithIndices', operands, (k, { x, winners, y }) => {
    forEachWindow(k, windows, (window) => {
      const { channel, row, column } = window;
      const { largest, number } = enterCells(k, window, x, (start, first) => contest(k, start, first));
      k.store(winners(channel, row, column), number.value);
      k.store(y(channel, row, column), largest.value);
    });
  });
}

/** Enters the cells of a window into what `open` makes of a start and its number. */
function enterCells<M extends Maximum>(
  k: KernelBuilder,
  window: PoolWindow,
  input: (channel: Index, row: Index, column: Index) => Access,
  open: (start: Vector, number: Index) => M,
): M {
  const { channel, vertical, horizontal } = window;
  const value = (row: Index, column: Index) => load(input(channel, row, column));
  const few = fewCells(window);
  if (few) {
    const [first, ...others] = few.map((cell) => value(...cell)) as [Vector, ...Vector[]];
    const opened = open(first, new Index(0));
    for (const [i, other] of others.entries()) opened.enter(other, new Index(i + 1));
    return opened;
  }
  const opened = open(splat(-Infinity), numberOf(window, vertical.from, horizontal.from));
  forEachCell(k, window, (row, column, number) => opened.enter(value(row, column), number));
  return opened;
}

/** Whether some cell lies under several windows of a pooling. */
export const hasOverlappingWindows = (shape: Pool2dShape): boolean => windowsOverlap(slidingWindows(shape));

/**
 * ∂E/∂x: the cell that won a window takes its gradient, after it went through the activation that made x: where x won, x = y. Where windows
 * overlap, a cell sums what it takes.
 *
 * Arguments: winners cells as y, y cells (none for the identity), dy cells as y, dx cells as x.
 */
export function maxPool2dInputGradient(shape: Pool2dShape, activation: Activation = identity) {
  const windows = slidingWindows(shape);
  const pooled = pooledCells(windows);
  const operands = {
    winners: pooled,
    y: activation === identity ? undefined : pooled,
    dy: pooled,
    dx: unpooledCells(windows),
  };
  return kernel('maxPool2dInputGradient', operands, (k, { winners, y, dy, dx }) => {
    storeInputGradient(k, windows, identity, { x: dx, dx }, ({ channel, row, column }) => {
      const cell = [channel, row, column] as const;
      const winner = k.let('winner', load(winners(...cell)));
      const given = load(dy(...cell));
      const gradient = k.let('dy', y ? activation.backward(k, given, load(y(...cell))) : given);
      return (number) => select(equalTo(winner, splat(convert(number))), gradient, 0);
    });
  });
}
