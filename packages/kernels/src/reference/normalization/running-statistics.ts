// Reference of running statistics and of normalization by constants, in float64. Arrays of statistics have the layout
// of the kernels.
import type { PlanesShape } from '../../shapes.ts';
import { channelOf } from '../math/channels.ts';

/**
 * The part of a shard in the statistics of its batch: share · mean, and share · variance · n / (n − 1), which is 0 for
 * n = 1.
 */
export function sharedMoments(channels: number, moments: Float64Array, share: number) {
  const n = moments[3 * channels]!;
  const unbiased = n / Math.max(n - 1, 1);
  return {
    mean: moments.slice(0, channels).map((mean) => share * mean),
    variance: moments.slice(2 * channels, 3 * channels).map((variance) => share * unbiased * variance),
  };
}

/** mean (channels), then 1 / √(variance + epsilon) (channels). */
export const runningMoments = (mean: Float64Array, variance: Float64Array, epsilon: number): Float64Array =>
  Float64Array.of(...mean, ...variance.map((v) => 1 / Math.sqrt(v + epsilon)));

/**
 * ∂E/∂x = ∂E/∂y · scale / deviation
 *
 * @param outputGradient (N, channels, area)
 * @param scale (channels); 1 if it is missing
 */
export const normalizeByConstantsGradient = (
  shape: PlanesShape,
  outputGradient: Float64Array,
  moments: Float64Array,
  scale?: Float64Array,
): Float64Array =>
  outputGradient.map((gradient, i) => {
    const c = channelOf(shape, i);
    return gradient * (scale?.[c] ?? 1) * moments[shape.channels + c]!;
  });
