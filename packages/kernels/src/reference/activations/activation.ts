// Reference of activations in float64, element by element on any shape. Gradients are functions of the output y.

/** y = max(0, x). */
export function relu(input: Float64Array): Float64Array {
  return input.map((x) => Math.max(0, x));
}

/** ∂E/∂x = ∂E/∂y where y > 0, else 0; the derivative at x = 0 is 0. */
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

/** y = min(max(0, x), 6). */
export function relu6(input: Float64Array): Float64Array {
  return input.map((x) => Math.min(Math.max(0, x), 6));
}

/** ∂E/∂x = ∂E/∂y where 0 < y < 6, else 0. */
export function relu6Gradient(output: Float64Array, outputGradient: Float64Array): Float64Array {
  return output.map((y, i) => (y > 0 && y < 6 ? outputGradient[i]! : 0));
}

/** y = min(max(0, x + 3), 6) / 6. */
export function hardSigmoid(input: Float64Array): Float64Array {
  return input.map((x) => Math.min(Math.max(0, x + 3), 6) / 6);
}

/** ∂E/∂x = ∂E/∂y / 6 where 0 < y < 1, else 0. */
export function hardSigmoidGradient(output: Float64Array, outputGradient: Float64Array): Float64Array {
  return output.map((y, i) => (y > 0 && y < 1 ? outputGradient[i]! / 6 : 0));
}

/** y = log (1 + e^βx) / β, computed without overflow. */
export function softplus(input: Float64Array, beta: number): Float64Array {
  return input.map((x) => (Math.max(0, beta * x) + Math.log1p(Math.exp(-Math.abs(beta * x)))) / beta);
}

/** ∂E/∂x = ∂E/∂y · (1 − e^−βy). */
export function softplusGradient(output: Float64Array, outputGradient: Float64Array, beta: number): Float64Array {
  return output.map((y, i) => -outputGradient[i]! * Math.expm1(-beta * y));
}
