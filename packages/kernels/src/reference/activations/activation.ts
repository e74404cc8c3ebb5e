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

/** y = x where x > 0, else α · (eˣ − 1), for α > 0. */
export function elu(input: Float64Array, alpha: number): Float64Array {
  return input.map((x) => (x > 0 ? x : alpha * Math.expm1(x)));
}

/** ∂E/∂x = ∂E/∂y where y > 0, else ∂E/∂y · (y + α). */
export function eluGradient(output: Float64Array, outputGradient: Float64Array, alpha: number): Float64Array {
  return output.map((y, i) => outputGradient[i]! * (y > 0 ? 1 : y + alpha));
}

const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

/** y = λ · elu(x, α). */
export function selu(input: Float64Array): Float64Array {
  return elu(input, SELU_ALPHA).map((y) => SELU_SCALE * y);
}

/** ∂E/∂x = λ · ∂E/∂y where y > 0, else ∂E/∂y · (y + λα). */
export function seluGradient(output: Float64Array, outputGradient: Float64Array): Float64Array {
  return output.map((y, i) => outputGradient[i]! * (y > 0 ? SELU_SCALE : y + SELU_SCALE * SELU_ALPHA));
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
