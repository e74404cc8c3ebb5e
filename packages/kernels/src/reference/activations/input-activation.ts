// Reference of activations whose gradient is a function of the input x, in float64, element by element on any shape.
import { normalDensity, normalProbability } from '../math/normal-distribution.ts';

/** y = x where x > 0, else slope · x. */
export function leakyRelu(input: Float64Array, negativeSlope: number): Float64Array {
  return input.map((x) => (x > 0 ? x : negativeSlope * x));
}

/** ∂E/∂x = ∂E/∂y where x > 0, else slope · ∂E/∂y. */
export function leakyReluGradient(
  input: Float64Array,
  outputGradient: Float64Array,
  negativeSlope: number,
): Float64Array {
  return input.map((x, i) => (x > 0 ? 1 : negativeSlope) * outputGradient[i]!);
}

const logistic = (x: number) => 1 / (1 + Math.exp(-x));

/** y = x · σ(x) with σ(x) = 1 / (1 + e⁻ˣ). */
export function silu(input: Float64Array): Float64Array {
  return input.map((x) => x * logistic(x));
}

/** ∂E/∂x = ∂E/∂y · σ(x) · (1 + x · σ(−x)). */
export function siluGradient(input: Float64Array, outputGradient: Float64Array): Float64Array {
  return input.map((x, i) => outputGradient[i]! * logistic(x) * (1 + x * logistic(-x)));
}

/** y = x · Φ(x) with the standard normal distribution Φ. */
export function gelu(input: Float64Array): Float64Array {
  return input.map((x) => x * normalProbability(x));
}

/** ∂E/∂x = ∂E/∂y · (Φ(x) + x · φ(x)). */
export function geluGradient(input: Float64Array, outputGradient: Float64Array): Float64Array {
  return input.map((x, i) => outputGradient[i]! * (normalProbability(x) + x * normalDensity(x)));
}

/** y = ½ x · (1 + tanh u) with u = √(2/π) · (x + 0.044715 x³). */
export function geluTanh(input: Float64Array): Float64Array {
  return input.map((x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))));
}

/** ∂E/∂x = ∂E/∂y · ½ (1 + tanh u + x · (1 − tanh² u) · u′). */
export function geluTanhGradient(input: Float64Array, outputGradient: Float64Array): Float64Array {
  return input.map((x, i) => {
    const t = Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3));
    const slope = Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x ** 2);
    return outputGradient[i]! * 0.5 * (1 + t + x * (1 - t * t) * slope);
  });
}

/** y = x · min(max(0, x + 3), 6) / 6. */
export function hardSwish(input: Float64Array): Float64Array {
  return input.map((x) => (x * Math.min(Math.max(0, x + 3), 6)) / 6);
}

/** ∂E/∂x = ∂E/∂y · (x/3 + ½) where −3 < x < 3, 0 where x ≤ −3, ∂E/∂y where x ≥ 3. */
export function hardSwishGradient(input: Float64Array, outputGradient: Float64Array): Float64Array {
  return input.map((x, i) => (x > -3 ? (x < 3 ? x / 3 + 0.5 : 1) : 0) * outputGradient[i]!);
}

/** y = x where x > 0, else α · (eˣ − 1), for α > 0. */
export function elu(input: Float64Array, alpha: number): Float64Array {
  return input.map((x) => (x > 0 ? x : alpha * Math.expm1(x)));
}

/** ∂E/∂x = ∂E/∂y where x > 0, else ∂E/∂y · α · eˣ. */
export function eluGradient(input: Float64Array, outputGradient: Float64Array, alpha: number): Float64Array {
  return input.map((x, i) => outputGradient[i]! * (x > 0 ? 1 : alpha * Math.exp(x)));
}

const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

/** y = λ · elu(x, α). */
export function selu(input: Float64Array): Float64Array {
  return elu(input, SELU_ALPHA).map((y) => SELU_SCALE * y);
}

/** ∂E/∂x = λ · ∂E/∂y where x > 0, else ∂E/∂y · λα · eˣ. */
export function seluGradient(input: Float64Array, outputGradient: Float64Array): Float64Array {
  return eluGradient(input, outputGradient, SELU_ALPHA).map((gradient) => SELU_SCALE * gradient);
}
