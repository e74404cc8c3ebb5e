// Reference of softmax over channels in float64.
import type { PlanesShape } from '../../shapes.ts';

/**
 * y[n,c,i] = e^(x[n,c,i] − m) / Σc e^(x[n,c,i] − m) with m = maxc x[n,c,i].
 *
 * @param input (N, channels, area)
 */
export function softmax(shape: PlanesShape, batch: number, input: Float64Array): Float64Array {
  const output = new Float64Array(input.length);
  forEachPixel(shape, batch, (indices) => {
    const largest = Math.max(...indices.map((i) => input[i]!));
    const sum = indices.reduce((total, i) => total + Math.exp(input[i]! - largest), 0);
    for (const i of indices) output[i] = Math.exp(input[i]! - largest) / sum;
  });
  return output;
}

/**
 * ∂E/∂x[n,c,i] = y[n,c,i] · (∂E/∂y[n,c,i] − Σc ∂E/∂y[n,c,i] · y[n,c,i]).
 *
 * @param output (N, channels, area)
 */
export function softmaxInputGradient(
  shape: PlanesShape,
  batch: number,
  output: Float64Array,
  outputGradient: Float64Array,
): Float64Array {
  const gradient = new Float64Array(output.length);
  forEachPixel(shape, batch, (indices) => {
    const mean = indices.reduce((total, i) => total + outputGradient[i]! * output[i]!, 0);
    for (const i of indices) gradient[i] = output[i]! * (outputGradient[i]! - mean);
  });
  return gradient;
}

/** Visits each pixel of each sample with the indices of its channels in (N, channels, area). */
function forEachPixel(
  { channels, area }: PlanesShape,
  batch: number,
  visit: (indices: readonly number[]) => void,
): void {
  for (let n = 0; n < batch; n++) {
    for (let pixel = 0; pixel < area; pixel++) {
      visit(Array.from({ length: channels }, (_, c) => (n * channels + c) * area + pixel));
    }
  }
}
