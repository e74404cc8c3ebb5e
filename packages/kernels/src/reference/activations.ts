// Activations in float64, element by element on any shape. Each gradient needs only the output y, so that a plan may
// forget the input.

/** y = max(0, x). */
export function relu(input: Float64Array): Float64Array {
  return input.map((x) => Math.max(0, x));
}

/** ∂E/∂x = ∂E/∂y where y > 0, else 0: the derivative at x = 0 is taken as 0. */
export function reluGradient(output: Float64Array, outputGradient: Float64Array): Float64Array {
  return output.map((y, i) => (y > 0 ? outputGradient[i]! : 0));
}

/** The logistic function: y = 1 / (1 + e⁻ˣ). */
export function sigmoid(input: Float64Array): Float64Array {
  return input.map((x) => 1 / (1 + Math.exp(-x)));
}

/** ∂E/∂x = ∂E/∂y · y · (1 − y). */
export function sigmoidGradient(output: Float64Array, outputGradient: Float64Array): Float64Array {
  return output.map((y, i) => outputGradient[i]! * y * (1 - y));
}

/** y = tanh x. */
export function tanh(input: Float64Array): Float64Array {
  return input.map((x) => Math.tanh(x));
}

/** ∂E/∂x = ∂E/∂y · (1 − y²). */
export function tanhGradient(output: Float64Array, outputGradient: Float64Array): Float64Array {
  return output.map((y, i) => outputGradient[i]! * (1 - y * y));
}
