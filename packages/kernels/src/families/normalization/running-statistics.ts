// Other uses of the statistics of batch normalization: running statistics, normalization by constants, and the
// gradients of scale and offset.
import { add, divide, load, loadScalar, max, multiply, splat, squareRoot, subtract } from '../../language/floats.ts';
import { kernel } from '../../language/kernel-builder.ts';
import { cells, scalars } from '../../language/operands.ts';
import type { PlanesShape } from '../../shapes.ts';
import { identity } from '../activations/activation.ts';
import { accumulateScalar } from '../math/accumulate.ts';
import { forEachVector, gradientSums, gradientSumsFloats, momentsFloats, momentsOf } from './batch-statistics.ts';
import { type NormalizationOptions, scaledBy } from './normalization.ts';

/**
 * The part of a shard in the statistics of its batch: share · mean, and share · variance · n / (n − 1), the unbiased
 * variance, as in PyTorch. If there is one value per channel, the variance is 0.
 */
export function sharedMoments(channels: number) {
  const operands = {
    moments: scalars(momentsFloats(channels)),
    share: scalars(1),
    mean: scalars(channels),
    variance: scalars(channels),
  };
  return kernel('sharedMoments', operands, (k, { moments, share, mean, variance }) => {
    const row = momentsOf(moments, channels);
    const part = k.let('part', splat(loadScalar(share(0))));
    const n = k.let('n', splat(loadScalar(row.values)));
    const unbiased = k.let('unbiased', multiply(part, divide(n, max(subtract(n, 1), 1))));
    forEachVector(k, channels, (c, read, write) => {
      write(mean(c), multiply(part, read(row.mean(c))));
      write(variance(c), multiply(unbiased, read(row.variance(c))));
    });
  });
}

/** Converts running statistics to the form that `normalize` reads: mean and 1 / √(variance + epsilon). */
export function runningMoments({ channels, epsilon }: { readonly channels: number; readonly epsilon: number }) {
  const operands = { mean: scalars(channels), variance: scalars(channels), moments: scalars(momentsFloats(channels)) };
  return kernel('runningMoments', operands, (k, { mean, variance, moments }) => {
    const row = momentsOf(moments, channels);
    forEachVector(k, channels, (c, read, write) => {
      write(row.mean(c), read(mean(c)));
      write(row.inverse(c), divide(1, squareRoot(add(read(variance(c)), epsilon))));
    });
  });
}

/**
 * The gradients of scale and offset from the sums of a block (`blockGradientSums`). With `accumulate`, they are added
 * to the numbers that are there.
 */
export function takeGradientSums(channels: number, options: NormalizationOptions, accumulate: boolean) {
  const { useScale = true, useOffset = true } = options;
  const operands = {
    partial: scalars(gradientSumsFloats(channels)),
    scale: useScale ? scalars(channels) : undefined,
    offset: useOffset ? scalars(channels) : undefined,
  };
  return kernel('takeGradientSums', operands, (k, { partial, scale, offset }) => {
    const sums = gradientSums(partial, channels);
    k.loop('channel', 0, channels, (c) => {
      for (const [gradient, sum] of [
        [scale, sums.product(c)],
        [offset, sums.sum(c)],
      ] as const) {
        if (!gradient) continue;
        accumulateScalar(k, gradient(c), loadScalar(sum), accumulate);
      }
    });
  });
}

/**
 * ∂E/∂x = ∂E/∂y · scale / deviation for constant statistics, times the derivative of the activation that made x. dx may
 * be dy.
 */
export function normalizeByConstantsGradient(
  { channels, area }: PlanesShape,
  { activation = identity, useScale = true }: NormalizationOptions = {},
) {
  const operands = {
    x: cells(channels, area),
    dy: cells(channels, area),
    moments: scalars(momentsFloats(channels)),
    scale: useScale ? scalars(channels) : undefined,
    dx: cells(channels, area),
  };
  return kernel('normalizeByConstantsGradient', operands, (k, { x, dy, moments, scale, dx }) => {
    const row = momentsOf(moments, channels);
    k.loop('channel', 0, channels, (c) => {
      const factor = k.let('factor', scaledBy(k, scale, c)(splat(loadScalar(row.inverse(c)))));
      k.loop('pixel', 0, area, (pixel) => {
        const gradient = multiply(load(dy(c, pixel)), factor);
        k.store(dx(c, pixel), activation.backward(k, gradient, load(x(c, pixel))));
      });
    });
  });
}
