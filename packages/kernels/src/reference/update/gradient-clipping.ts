// Reference of clipping and norms of gradients, in float64.

/** Limits each number to ±limit, as `torch.nn.utils.clip_grad_value_`; NaN stays NaN. */
export const clipByValue = (gradient: Float64Array, limit: number): Float64Array =>
  gradient.map((g) => Math.min(Math.max(g, -limit), limit));

/** Σ g² of each chunk of `chunk` numbers; the last chunk may be shorter. */
export function chunkSquares(gradient: Float64Array, chunk: number): Float64Array {
  return Float64Array.from({ length: Math.ceil(gradient.length / chunk) }, (_, i) =>
    gradient.subarray(i * chunk, (i + 1) * chunk).reduce((sum, g) => sum + g * g, 0),
  );
}

/** min(1, limit / (‖g‖ + 1e-6)) with the norm of all gradients: the factor of `torch.nn.utils.clip_grad_norm_`. */
export function globalNormScale(gradients: Iterable<Float64Array>, limit: number): number {
  let squares = 0;
  for (const gradient of gradients) for (const g of gradient) squares += g * g;
  return Math.min(1, limit / (Math.sqrt(squares) + 1e-6));
}
