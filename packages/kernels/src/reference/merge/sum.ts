// Reference of sums in float64.

/** y[i] = x₁[i] + x₂[i] + …, added in order. */
export const sum = (inputs: readonly Float64Array[]): Float64Array =>
  inputs[0]!.map((_, i) => inputs.reduce((total, x) => total + x[i]!, 0));
