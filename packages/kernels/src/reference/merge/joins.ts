// Sums, products and concatenations of several arrays in float64: the twins that tests compare the fast kernels with.
import type { ProductShape } from '../../shapes.ts';

/** y[i] = x₁[i] + x₂[i] + …, added in order. */
export function sum(inputs: readonly Float64Array[]): Float64Array {
  return inputs[0]!.map((_, i) => inputs.reduce((total, x) => total + x[i]!, 0));
}

/**
 * y[n,c,i] = x₁[n,c,i] · x₂[n,c,i] · …
 *
 * @param inputs (N, channels, area), or (N, channels) for a factor of one number a channel
 */
export function product(shape: ProductShape, batch: number, inputs: readonly Float64Array[]): Float64Array {
  const output = new Float64Array(batch * shape.channels * shape.area);
  return output.map((_, i) => inputs.reduce((y, x, factor) => y * x[placeOf(shape, factor, i)]!, 1));
}

/** ∂E/∂x of each factor: ∂E/∂y times the other factors, summed over what shares a number of it. */
export function productGradients(
  shape: ProductShape,
  inputs: readonly Float64Array[],
  outputGradient: Float64Array,
): Float64Array[] {
  const gradients = inputs.map((x) => new Float64Array(x.length));
  outputGradient.forEach((dy, i) => {
    for (const [factor, gradient] of gradients.entries()) {
      const others = inputs.reduce((y, x, j) => (j === factor ? y : y * x[placeOf(shape, j, i)]!), 1);
      gradient[placeOf(shape, factor, i)]! += dy * others;
    }
  });
  return gradients;
}

/** The place, in a factor, of what the i-th number of (N, channels, area) is multiplied by. */
const placeOf = ({ area, factors }: ProductShape, factor: number, i: number): number =>
  factors[factor] === 'channel' ? Math.floor(i / area) : i;

/**
 * y[n] = x₁[n], then x₂[n], …
 *
 * @param inputs (N, count) each, with a count of its own
 */
export function concat(batch: number, inputs: readonly Float64Array[]): Float64Array {
  const samples = Array.from({ length: batch }, (_, n) => inputs.flatMap((x) => [...sampleOf(x, batch, n)]));
  return Float64Array.from(samples.flat());
}

/** ∂E/∂x of each input: its stretch of ∂E/∂y of every sample. */
export function concatGradients(
  counts: readonly number[],
  batch: number,
  outputGradient: Float64Array,
): Float64Array[] {
  let start = 0;
  return counts.map((count) => {
    const from = start;
    start += count;
    const samples = Array.from({ length: batch }, (_, n) => [
      ...sampleOf(outputGradient, batch, n).subarray(from, from + count),
    ]);
    return Float64Array.from(samples.flat());
  });
}

function sampleOf(array: Float64Array, batch: number, n: number): Float64Array {
  const size = array.length / batch;
  return array.subarray(n * size, (n + 1) * size);
}
