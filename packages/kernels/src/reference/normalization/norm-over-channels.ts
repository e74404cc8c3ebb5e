// Reference of layer normalization over the channels of each pixel, in float64.
import type { NormShape, PlanesShape } from '../../shapes.ts';
import { channelProducts } from '../math/channels.ts';
import { type Members, normalized, normalizedGradient } from './member-statistics.ts';
import { affine } from './normalization.ts';

/**
 * y = (x − mean) / √(variance + epsilon) · scale[c] + offset[c], with the statistics of the pixel over its channels.
 *
 * @param input (N, channels, area)
 * @param scale (channels)
 * @param offset (channels)
 */
export const normOverChannels = (
  shape: NormShape,
  batch: number,
  input: Float64Array,
  scale?: Float64Array,
  offset?: Float64Array,
): Float64Array => affine(shape, normalized(pixelsOf(shape, batch), shape, input), scale, offset);

/** ∂E/∂x of `normOverChannels`. */
export const normOverChannelsInputGradient = (
  shape: NormShape,
  batch: number,
  input: Float64Array,
  outputGradient: Float64Array,
  scale?: Float64Array,
): Float64Array => normalizedGradient(pixelsOf(shape, batch), shape, input, affine(shape, outputGradient, scale));

/** ∂E/∂scale of `normOverChannels`, with the shape (channels). */
export const normOverChannelsScaleGradient = (
  shape: NormShape,
  batch: number,
  input: Float64Array,
  outputGradient: Float64Array,
): Float64Array => channelProducts(shape, normalized(pixelsOf(shape, batch), shape, input), outputGradient);

/** The channels of each pixel of each sample. */
function pixelsOf({ channels, area }: PlanesShape, batch: number): readonly Members[] {
  return Array.from({ length: batch * area }, (_, pixel) => {
    const first = Math.floor(pixel / area) * channels * area + (pixel % area);
    return Array.from({ length: channels }, (_, c) => first + c * area);
  });
}
