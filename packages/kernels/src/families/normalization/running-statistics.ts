// What batch normalization does with statistics besides normalizing: it keeps running ones, uses them where nothing is trained, and adds up
// the gradients of its parameters.

import { add, divide, load, loadScalar, max, multiply, splat, squareRoot, subtract } from '../../language/floats.ts';
import { kernel } from '../../language/kernel-builder.ts';
import { cells, scalars } from '../../language/operands.ts';
import type { PlanesShape } from '../../shapes.ts';
import { identity } from '../activations/activation.ts';
import { accumulateScalar } from '../math/accumulate.ts';
import { forEachVector, gradientSums, gradientSumsFloats, momentsFloats, momentsOf } from './batch-statistics.ts';
import { type NormalizationOptions, scaledBy } from './normalization.ts';

/**
 * A shard's part of the statistics of its batch: share · mean, and share · variance · n / (n − 1), the unbiased variance, as PyTorch keeps it.
 * With one value a channel, the variance counts as 0.
 *
 * Arguments: moments as of `combineMoments`, share (one float), mean (channels), variance (channels).
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

/**
 * Running statistics in the form that `normalize` reads: mean and 1 / √(variance + epsilon).
 *
 * Arguments: mean (channels), variance (channels), moments.
 */
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
 * The gradients of scale and offset from one block's sums, as of `blockGradientSums`; added to when `accumulate`, else overwritten.
 *
 * Arguments: partial, ∂E/∂scale (channels) if used, ∂E/∂offset (channels) if used.
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
 * ∂E/∂x = ∂E/∂y · scale / deviation, where the statistics are constants, then through the activation that made x.
 *
 * Arguments: x cells (channels, area), dy cells as x, moments, scale (channels) if used, dx cells as x (may be dy).
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
