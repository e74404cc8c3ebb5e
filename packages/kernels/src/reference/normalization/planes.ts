// What belongs to the channels of (N, channels, area), in float64.
import type { PlanesShape } from '../../shapes.ts';

/** The channel of an element. */
export const channelOf = ({ channels, area }: PlanesShape, i: number): number => Math.floor(i / area) % channels;

/** x · scale[c] + offset[c]; none is 1 and 0. */
export const affine = (
  shape: PlanesShape,
  input: Float64Array,
  scale?: Float64Array,
  offset?: Float64Array,
): Float64Array => input.map((x, i) => x * (scale?.[channelOf(shape, i)] ?? 1) + (offset?.[channelOf(shape, i)] ?? 0));

/** Σ a · b of each channel, over samples and pixels. */
export function channelProducts(shape: PlanesShape, a: Float64Array, b: Float64Array): Float64Array {
  const sums = new Float64Array(shape.channels);
  for (const [i, value] of a.entries()) sums[channelOf(shape, i)]! += value * b[i]!;
  return sums;
}

/** Σ x of each channel, over samples and pixels: ∂E/∂offset, of ∂E/∂y. */
export const channelSums = (shape: PlanesShape, input: Float64Array): Float64Array =>
  channelProducts(shape, input, new Float64Array(input.length).fill(1));
