// Softmax over the channels of each pixel. Classifiers that train end with `losses/softmax-cross-entropy.ts` instead.
import { add, divide, load, max, multiply, splat, subtract } from '../../language/floats.ts';
import { kernel } from '../../language/kernel-builder.ts';
import { cells } from '../../language/operands.ts';
import type { PlanesShape } from '../../shapes.ts';
import { exponential } from '../math/elementary.ts';

/**
 * y[c] = e^(x[c] − m) / Σ e^(x − m) with m = max x. If one x is NaN or +∞, or all are −∞, every y is NaN. y may be x.
 */
export function softmax({ channels, area }: PlanesShape) {
  return kernel('softmax', { x: cells(channels, area), y: cells(channels, area) }, (k, { x, y }) => {
    k.loop('pixel', 0, area, (pixel) => {
      const largest = k.variable('largest', splat(-Infinity));
      k.loop('channel', 0, channels, (c) => largest.set(max(largest.value, load(x(c, pixel)))));
      // y holds the exponentials until their sum is known.
      const sum = k.variable('sum', splat(0));
      k.loop('channel', 0, channels, (c) => {
        const power = k.let('power', exponential(k, subtract(load(x(c, pixel)), largest.value)));
        sum.set(add(sum.value, power));
        k.store(y(c, pixel), power);
      });
      k.loop('channel', 0, channels, (c) => k.store(y(c, pixel), divide(load(y(c, pixel)), sum.value)));
    });
  });
}

/** ∂E/∂x[c] = y[c] · (∂E/∂y[c] − Σ ∂E/∂y · y). dx may be dy. */
export function softmaxInputGradient({ channels, area }: PlanesShape) {
  const plane = cells(channels, area);
  return kernel('softmaxInputGradient', { y: plane, dy: plane, dx: plane }, (k, { y, dy, dx }) => {
    k.loop('pixel', 0, area, (pixel) => {
      const mean = k.variable('mean', splat(0));
      k.loop('channel', 0, channels, (c) => mean.set(add(mean.value, multiply(load(dy(c, pixel)), load(y(c, pixel))))));
      k.loop('channel', 0, channels, (c) => {
        const difference = subtract(load(dy(c, pixel)), mean.value);
        k.store(dx(c, pixel), multiply(load(y(c, pixel)), difference));
      });
    });
  });
}
