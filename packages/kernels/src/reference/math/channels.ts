// The channels of arrays (N, channels, area).
import type { PlanesShape } from '../../shapes.ts';

/** The channel of an element. */
export const channelOf = ({ channels, area }: PlanesShape, i: number): number => Math.floor(i / area) % channels;

/** Σ a · b of each channel over samples and pixels. */
export function channelProducts(shape: PlanesShape, a: Float64Array, b: Float64Array): Float64Array {
  const sums = new Float64Array(shape.channels);
  for (const [i, value] of a.entries()) sums[channelOf(shape, i)]! += value * b[i]!;
  return sums;
}
