// Max pooling and its gradient. No index of the winner is kept: the backward pass finds it again by comparing.
import { kernel } from '../language/kernel-builder.ts';
import type { Kernel } from '../language/statement.ts';
import { equalTo, load, select, splat } from '../language/value.ts';
import type { Pool2dShape } from '../shapes.ts';
import { type Activation, identity } from './activation.ts';
import { maxOrNaN } from './elementary.ts';
import {
  forEachCell,
  forEachWindow,
  pooledCells,
  slidingWindows,
  storeInputGradient,
  unpooledCells,
} from './pool-window.ts';

/**
 * y = max of x over the window, without the padding. A NaN always wins; a window over nothing but padding gives −∞.
 *
 * Arguments: x cells (channels, height, width), y cells (channels, outputHeight, outputWidth).
 */
export function maxPool2d(shape: Pool2dShape): Kernel {
  const windows = slidingWindows(shape);
  return kernel('maxPool2d', { x: 'f32[]', y: 'f32[]' }, (k, { x, y }) => {
    const input = unpooledCells(windows, x);
    const output = pooledCells(windows, y);
    forEachWindow(k, windows, (window) => {
      const largest = k.variable('largest', splat(-Infinity));
      forEachCell(k, window, (row, column) => {
        const value = k.let('x', load(input(window.channel, row, column)));
        largest.set(maxOrNaN(largest.value, value));
      });
      k.store(output(window.channel, window.row, window.column), largest.value);
    });
  });
}

/**
 * ∂E/∂x: the first cell of a window, in row-major order, that equals its maximum takes the gradient of the window. Then through
 * the activation that made x.
 *
 * Arguments: x cells, y cells, dy cells as y, dx cells as x.
 */
export function maxPool2dInputGradient(shape: Pool2dShape, activation: Activation = identity): Kernel {
  const windows = slidingWindows(shape);
  const parameters = { x: 'f32[]', y: 'f32[]', dy: 'f32[]', dx: 'f32[]' } as const;
  return kernel('maxPool2dInputGradient', parameters, (k, { x, y, dy, dx }) => {
    const output = pooledCells(windows, y);
    const outputGradient = pooledCells(windows, dy);
    storeInputGradient(k, windows, activation, { x, dx }, ({ channel, row, column }) => {
      const largest = k.let('y', load(output(channel, row, column)));
      // What no cell has taken yet: in each lane the whole gradient, then 0.
      const rest = k.variable('rest', load(outputGradient(channel, row, column)));
      return (cell) => {
        const wins = equalTo(load(cell), largest);
        const share = k.let('share', select(wins, rest.value, 0));
        rest.set(select(wins, 0, rest.value));
        return share;
      };
    });
  });
}
