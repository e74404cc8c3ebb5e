// Activations of the form y = x · gate(x). Their derivative is a function of the input x, so they cannot be fused into
// the kernels around them.
import { add, divide, lessThan, max, min, multiply, select, subtract } from '../../language/floats.ts';
import type { KernelBuilder } from '../../language/kernel-builder.ts';
import type { Vector } from '../../language/value.ts';
import { exponential, logisticPair, normalDistribution } from '../math/elementary.ts';

/** An elementwise function whose derivative is a function of its input, which must be kept for backward. */
export interface InputActivation {
  readonly name: string;
  /** y = f(x) */
  forward(k: KernelBuilder, x: Vector): Vector;
  /** ∂E/∂x = ∂E/∂y · f′(x) */
  inputBackward(k: KernelBuilder, outputGradient: Vector, x: Vector): Vector;
}

/** y = x · σ(x) with σ(x) = 1 / (1 + e^−x), y′ = σ(x) · (1 + x · σ(−x)) */
export const silu: InputActivation = {
  name: 'silu',
  forward: (k, value) => {
    const x = k.let('x', value);
    return timesLogistic(k, x, x);
  },
  inputBackward: (k, outputGradient, value) => {
    const x = k.let('x', value);
    const { of, ofNegative } = logisticPair(k, x);
    return multiply(outputGradient, multiply(of, add(1, multiply(x, ofNegative))));
  },
};

/** x · σ(v) as a quotient, which is −0 instead of NaN where e^−v overflows. */
const timesLogistic = (k: KernelBuilder, x: Vector, v: Vector): Vector =>
  divide(x, add(1, exponential(k, subtract(0, v))));

/** y = x · Φ(x), y′ = Φ(x) + x · φ(x), with the probability Φ and the density φ of the standard normal distribution */
export const gelu: InputActivation = {
  name: 'gelu',
  forward: (k, value) => {
    const x = k.let('x', value);
    return multiply(x, normalDistribution(k, x).probability);
  },
  inputBackward: (k, outputGradient, value) => {
    const x = k.let('x', value);
    const { density, probability } = normalDistribution(k, x);
    return multiply(outputGradient, add(probability, multiply(x, density)));
  },
};

const TANH_SCALE = 2 * Math.sqrt(2 / Math.PI);
const TANH_CUBE = 0.044715;

/** y = ½ x · (1 + tanh u) = x · σ(2u) with u = √(2/π) · (x + 0.044715 x³), y′ = σ(2u) · (1 + x · σ(−2u) · 2u′) */
export const geluTanh: InputActivation = {
  name: 'geluTanh',
  forward: (k, value) => {
    const x = k.let('x', value);
    const cubic = add(multiply(multiply(x, x), TANH_CUBE), 1);
    return timesLogistic(k, x, multiply(multiply(x, TANH_SCALE), cubic));
  },
  inputBackward: (k, outputGradient, value) => {
    // Where |x| > 16 the derivative is 0 or 1; without the limit, x² could overflow.
    const x = k.let('x', max(min(value, 16), -16));
    const square = k.let('square', multiply(multiply(x, x), TANH_CUBE));
    const { of, ofNegative } = logisticPair(k, multiply(multiply(x, TANH_SCALE), add(square, 1)));
    const slope = multiply(add(multiply(square, 3), 1), TANH_SCALE);
    return multiply(outputGradient, multiply(of, add(1, multiply(multiply(x, ofNegative), slope))));
  },
};

/** y = x · min(max(x + 3, 0), 6) / 6; y′ = x/3 + ½ where −3 < x < 3, 0 where x ≤ −3, 1 where x ≥ 3. */
export const hardSwish: InputActivation = {
  name: 'hardSwish',
  forward: (k, value) => {
    const x = k.let('x', value);
    return multiply(x, multiply(min(max(add(x, 3), 0), 6), 1 / 6));
  },
  inputBackward: (k, outputGradient, value) => {
    const x = k.let('x', value);
    const dy = k.let('dy', outputGradient);
    const inside = multiply(dy, add(multiply(x, 1 / 3), 0.5));
    return select(lessThan(-3, x), select(lessThan(x, 3), inside, dy), 0);
  },
};
