// Softmax over the channels of each pixel by itself. As the end of a classifier that trains: `softmax-cross-entropy.ts`.
import { cells, kernel } from '../../language/kernel-builder.ts';
import type { Kernel } from '../../language/statement.ts';
import { add, divide, load, max, multiply, splat, subtract } from '../../language/value.ts';
import type { PlanesShape } from '../../shapes.ts';
import { exponential } from '../math/elementary.ts';

/**
 * y[c] = e^(x[c] − m) / Σ e^(x − m) with m = max x. Where one x is NaN or +∞, or all are −∞, every y is NaN.
 *
 * Arguments: x cells (channels, area), y cells as x (may be x).
 */
export function softmax({ channels, area }: PlanesShape): Kernel {
  return kernel('softmax', { x: 'f32[]', y: 'f32[]' }, (k, { x, y }) => {
    const input = cells(x, [channels, area]);
    const output = cells(y, [channels, area]);
    k.loop('pixel', 0, area, (pixel) => {
      const largest = k.variable('largest', splat(-Infinity));
      k.loop('channel', 0, channels, (c) => largest.set(max(largest.value, load(input(c, pixel)))));
      // The exponentials wait in y for their sum.
      const sum = k.variable('sum', splat(0));
      k.loop('channel', 0, channels, (c) => {
        const power = k.let('power', exponential(k, subtract(load(input(c, pixel)), largest.value)));
        sum.set(add(sum.value, power));
        k.store(output(c, pixel), power);
      });
      k.loop('channel', 0, channels, (c) => k.store(output(c, pixel), divide(load(output(c, pixel)), sum.value)));
    });
  });
}

/**
 * ∂E/∂x[c] = y[c] · (∂E/∂y[c] − Σ ∂E/∂y · y).
 *
 * Arguments: y cells (channels, area), dy cells as y, dx cells as y (may be dy).
 */
export function softmaxInputGradient({ channels, area }: PlanesShape): Kernel {
  return kernel('softmaxInputGradient', { y: 'f32[]', dy: 'f32[]', dx: 'f32[]' }, (k, { y, dy, dx }) => {
    const output = cells(y, [channels, area]);
    const outputGradient = cells(dy, [channels, area]);
    const inputGradient = cells(dx, [channels, area]);
    k.loop('pixel', 0, area, (pixel) => {
      const mean = k.variable('mean', splat(0));
      k.loop('channel', 0, channels, (c) =>
        mean.set(add(mean.value, multiply(load(outputGradient(c, pixel)), load(output(c, pixel))))),
      );
      k.loop('channel', 0, channels, (c) => {
        const difference = subtract(load(outputGradient(c, pixel)), mean.value);
        k.store(inputGradient(c, pixel), multiply(load(output(c, pixel)), difference));
      });
    });
  });
}
