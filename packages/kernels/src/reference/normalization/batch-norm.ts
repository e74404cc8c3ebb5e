// Reference of batch normalization in float64.
import type { PlanesShape } from '../../shapes.ts';
import { channelOf } from '../math/channels.ts';
import { normalized } from './batch-statistics.ts';
import { affine } from './normalization.ts';

/**
 * y = (x − mean) / deviation · scale + offset.
 *
 * @param moments as of `combineMoments`
 * @param scale (channels); 1 if it is missing
 * @param offset (channels); 0 if it is missing
 */
export function normalize(
  shape: PlanesShape,
  input: Float64Array,
  moments: Float64Array,
  scale?: Float64Array,
  offset?: Float64Array,
): Float64Array {
  return affine(shape, normalized(shape, input, moments), scale, offset);
}

/**
 * ∂E/∂x = scale / deviation · (∂E/∂y − Σ ∂E/∂y / n − x̂ · Σ (∂E/∂y · x̂) / n), with the sums over all blocks as
 * `totals`; 0 for a sample of weight 0.
 */
export function normalizeGradient(
  shape: PlanesShape,
  input: Float64Array,
  outputGradient: Float64Array,
  moments: Float64Array,
  totals: Float64Array,
  scale?: Float64Array,
  weights?: ArrayLike<number>,
): Float64Array {
  const { channels, area } = shape;
  const n = moments[3 * channels]!;
  return normalized(shape, input, moments).map((x, i) => {
    if (weights?.[Math.floor(i / (channels * area))] === 0) return 0;
    const c = channelOf(shape, i);
    const factor = (scale?.[c] ?? 1) * moments[channels + c]!;
    return factor * (outputGradient[i]! - totals[c]! / n - (x * totals[channels + c]!) / n);
  });
}
