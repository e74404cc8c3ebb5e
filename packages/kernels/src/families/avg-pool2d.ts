// Average pooling and its gradient.
import { maximum } from '../language/index-expression.ts';
import { type KernelBuilder, kernel } from '../language/kernel-builder.ts';
import type { Kernel } from '../language/statement.ts';
import { add, convert, divide, load, scalarMultiply, splat, type Vector } from '../language/value.ts';
import type { AvgPool2dShape } from '../shapes.ts';
import { type Activation, identity } from './activation.ts';
import {
  forEachCell,
  forEachWindow,
  type PoolWindow,
  pooledCells,
  storeInputGradient,
  unpooledCells,
} from './pool-window.ts';
import type { Taps } from './taps.ts';

/**
 * y = (Σ x over the window, in row-major order) / divisor. The divisor counts all cells of the window with `countPadding`,
 * else those outside the padding; a window over nothing but padding gives 0.
 *
 * Arguments: x cells (channels, height, width), y cells (channels, outputHeight, outputWidth).
 */
export function avgPool2d(shape: AvgPool2dShape): Kernel {
  return kernel('avgPool2d', { x: 'f32[]', y: 'f32[]' }, (k, { x, y }) => {
    const input = unpooledCells(shape, x);
    const output = pooledCells(shape, y);
    forEachWindow(k, shape, (window) => {
      const sum = k.variable('sum', splat(0));
      forEachCell(k, window, (row, column) => sum.set(add(sum.value, load(input(window.channel, row, column)))));
      const place = output(window.channel, window.row, window.column);
      k.store(place, divide(sum.value, divisor(k, shape, window)));
    });
  });
}

/**
 * ∂E/∂x: each window hands gradient / divisor to every cell under it. Then through the activation that made x.
 *
 * Arguments: dy cells as y, x cells (for the activation alone), dx cells as x.
 */
export function avgPool2dInputGradient(shape: AvgPool2dShape, activation: Activation = identity): Kernel {
  const parameters = { dy: 'f32[]', x: 'f32[]', dx: 'f32[]' } as const;
  return kernel('avgPool2dInputGradient', parameters, (k, { dy, x, dx }) => {
    const outputGradient = pooledCells(shape, dy);
    storeInputGradient(k, shape, activation, { x, dx }, (window) => {
      const gradient = load(outputGradient(window.channel, window.row, window.column));
      const share = k.let('share', divide(gradient, divisor(k, shape, window)));
      return () => share;
    });
  });
}

function divisor(k: KernelBuilder, shape: AvgPool2dShape, { vertical, horizontal }: PoolWindow): Vector {
  if (shape.countPadding) return splat(shape.kernelHeight * shape.kernelWidth);
  const inside = ({ from, to }: Taps) => convert(k.bind('inside', maximum(1, to.minus(from))));
  return splat(scalarMultiply(inside(vertical), inside(horizontal)));
}
