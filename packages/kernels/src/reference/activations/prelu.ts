// Reference of parametric ReLU in float64.
import type { PlanesShape } from '../../shapes.ts';
import { channelOf } from '../math/channels.ts';

/**
 * y[n,c,i] = x[n,c,i] where x > 0, else slope[c] · x[n,c,i].
 *
 * @param input (N, channels, area)
 * @param slope (channels)
 */
export function prelu(shape: PlanesShape, input: Float64Array, slope: Float64Array): Float64Array {
  return input.map((x, i) => (x > 0 ? x : slope[channelOf(shape, i)]! * x));
}

/** ∂E/∂x[n,c,i] = ∂E/∂y[n,c,i] where x > 0, else slope[c] · ∂E/∂y[n,c,i]. */
export function preluInputGradient(
  shape: PlanesShape,
  input: Float64Array,
  slope: Float64Array,
  outputGradient: Float64Array,
): Float64Array {
  return input.map((x, i) => (x > 0 ? 1 : slope[channelOf(shape, i)]!) * outputGradient[i]!);
}

/** ∂E/∂slope[c] = Σ ∂E/∂y[n,c,i] · x[n,c,i] over n and i with x ≤ 0. */
export function preluSlopeGradient(
  shape: PlanesShape,
  input: Float64Array,
  outputGradient: Float64Array,
): Float64Array {
  const gradient = new Float64Array(shape.channels);
  input.forEach((x, i) => {
    if (!(x > 0)) gradient[channelOf(shape, i)]! += outputGradient[i]! * x;
  });
  return gradient;
}
