// Clips and norms of gradients, in float64.

/** Each number brought into ± limit, as `torch.nn.utils.clip_grad_value_` does; NaN stays. */
export const clipByValue = (gradient: Float64Array, limit: number): Float64Array =>
  gradient.map((g) => Math.min(Math.max(g, -limit), limit));

/** Σ g² of each chunk of so many numbers; the last may be shorter. */
export function chunkSquares(gradient: Float64Array, chunk: number): Float64Array {
  return Float64Array.from({ length: Math.ceil(gradient.length / chunk) }, (_, i) =>
    gradient.subarray(i * chunk, (i + 1) * chunk).reduce((sum, g) => sum + g * g, 0),
  );
}

/** min(1, limit / (‖g‖ + 1e-6)) over all gradients together: what `torch.nn.utils.clip_grad_norm_` multiplies each with. */
export function globalNormScale(gradients: Iterable<Float64Array>, limit: number): number {
  let squares = 0;
  for (const gradient of gradients) for (const g of gradient) squares += g * g;
  return Math.min(1, limit / (Math.sqrt(squares) + 1e-6));
}
