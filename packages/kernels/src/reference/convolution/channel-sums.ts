// Reference of the gradient of a bias in float64.
import type { PlanesShape } from '../../shapes.ts';
import { channelProducts } from '../math/channels.ts';

/**
 * Σ x of each channel over samples and pixels. For x = ∂E/∂y it is the gradient of a bias or an offset.
 *
 * @param input (N, channels, area)
 * @returns (channels)
 */
export const channelSums = (shape: PlanesShape, input: Float64Array): Float64Array =>
  channelProducts(shape, input, new Float64Array(input.length).fill(1));
