// Reference of concatenation in float64.

/**
 * y[n] = x₁[n], x₂[n], …
 *
 * @param inputs arrays (N, count), each with a count of its own
 */
export function concat(batch: number, inputs: readonly Float64Array[]): Float64Array {
  const samples = Array.from({ length: batch }, (_, n) => inputs.flatMap((x) => [...sampleOf(x, batch, n)]));
  return Float64Array.from(samples.flat());
}

/** ∂E/∂x of each input: its section of ∂E/∂y in every sample. */
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
