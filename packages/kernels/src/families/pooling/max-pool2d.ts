// Max pooling and its gradient, which goes to the argmax cell of each window.
import { convert, equalTo, load, select, splat } from '../../language/floats.ts';
import { Index } from '../../language/index-expression.ts';
import { type KernelBuilder, kernel } from '../../language/kernel-builder.ts';
import type { Access, Vector } from '../../language/value.ts';
import type { Pool2dShape } from '../../shapes.ts';
import { type Activation, derivativeOperand, identity } from '../activations/activation.ts';
import { argmax, type Maximum, maximum } from './argmax.ts';
import {
  fewCells,
  forEachCell,
  forEachWindow,
  indexOf,
  type PoolWindow,
  pooledCells,
  slidingWindows,
  storeInputGradient,
  unpooledCells,
  windowsOverlap,
} from './pool-window.ts';

/**
 * y = max of x over the window, without the padding. NaN is greater than all numbers; a window that covers only padding
 * gives −∞.
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
 * `maxPool2d` with the argmax indices: which cell of each window was the greatest, counted in row-major order with the
 * padding. Of equal cells it is the first one, of several NaN the last one. For a window that covers only padding it is
 * some cell of the padding.
 */
export function maxPool2dWithIndices(shape: Pool2dShape) {
  const windows = slidingWindows(shape);
  const operands = { x: unpooledCells(windows), indices: pooledCells(windows), y: pooledCells(windows) };
  return kernel('maxPool2dWithIndices', operands, (k, { x, indices, y }) => {
    forEachWindow(k, windows, (window) => {
      const { channel, row, column } = window;
      const { largest, index } = enterCells(k, window, x, (start, first) => argmax(k, start, first));
      k.store(indices(channel, row, column), index.value);
      k.store(y(channel, row, column), largest.value);
    });
  });
}

/** Starts a maximum with `open` and enters the cells of a window into it. */
function enterCells<M extends Maximum>(
  k: KernelBuilder,
  window: PoolWindow,
  input: (channel: Index, row: Index, column: Index) => Access,
  open: (start: Vector, index: Index) => M,
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
  const opened = open(splat(-Infinity), indexOf(window, vertical.from, horizontal.from));
  forEachCell(k, window, (row, column, index) => opened.enter(value(row, column), index));
  return opened;
}

/** Whether some cell belongs to several windows. */
export const hasOverlappingWindows = (shape: Pool2dShape): boolean => windowsOverlap(slidingWindows(shape));

/**
 * ∂E/∂x: the gradient of a window goes to its argmax cell, times the derivative of the activation that made x, which is
 * a function of y here, because x = y in that cell. Where windows overlap, a cell sums its gradients.
 */
export function maxPool2dInputGradient(shape: Pool2dShape, activation: Activation = identity) {
  const windows = slidingWindows(shape);
  const pooled = pooledCells(windows);
  const operands = {
    indices: pooled,
    y: derivativeOperand(activation, pooled),
    dy: pooled,
    dx: unpooledCells(windows),
  };
  return kernel('maxPool2dInputGradient', operands, (k, { indices, y, dy, dx }) => {
    storeInputGradient(k, windows, identity, { x: undefined, dx }, ({ channel, row, column }) => {
      const cell = [channel, row, column] as const;
      const index = k.let('index', load(indices(...cell)));
      const given = load(dy(...cell));
      const gradient = k.let('dy', y ? activation.backward(k, given, load(y(...cell))) : given);
      return (i) => select(equalTo(index, splat(convert(i))), gradient, 0);
    });
  });
}
