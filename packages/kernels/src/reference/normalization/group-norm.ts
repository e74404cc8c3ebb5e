// Reference of group normalization in float64.
import type { GroupNormShape } from '../../shapes.ts';
import { channelProducts } from '../math/channels.ts';
import { type Members, normalized, normalizedGradient } from './member-statistics.ts';
import { affine } from './normalization.ts';

/**
 * y = (x − mean) / √(variance + epsilon) · scale[c] + offset[c], with the statistics of the group of the channel in the
 * sample.
 *
 * @param input (N, channels, area)
 * @param scale (channels)
 * @param offset (channels)
 */
export const groupNorm = (
  shape: GroupNormShape,
  batch: number,
  input: Float64Array,
  scale?: Float64Array,
  offset?: Float64Array,
): Float64Array => affine(shape, normalized(groupsOf(shape, batch), shape, input), scale, offset);

/** ∂E/∂x of `groupNorm`. */
export const groupNormInputGradient = (
  shape: GroupNormShape,
  batch: number,
  input: Float64Array,
  outputGradient: Float64Array,
  scale?: Float64Array,
): Float64Array => normalizedGradient(groupsOf(shape, batch), shape, input, affine(shape, outputGradient, scale));

/** ∂E/∂scale of `groupNorm`, with the shape (channels). */
export const groupNormScaleGradient = (
  shape: GroupNormShape,
  batch: number,
  input: Float64Array,
  outputGradient: Float64Array,
): Float64Array => channelProducts(shape, normalized(groupsOf(shape, batch), shape, input), outputGradient);

/** The cells of each group of each sample, which are adjacent. */
function groupsOf({ channels, area, groups }: GroupNormShape, batch: number): readonly Members[] {
  const size = (channels / groups) * area;
  return Array.from({ length: batch * groups }, (_, group) => Array.from({ length: size }, (_, i) => group * size + i));
}
