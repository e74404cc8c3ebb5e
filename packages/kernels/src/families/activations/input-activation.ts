// Activations whose derivative is a function of the input x, so that they cannot be fused into the kernels around them:
// those of the form y = x · gate(x), and exponential linear units.
import { absolute, add, divide, lessThan, max, min, multiply, select, subtract } from '../../language/floats.ts';
import type { KernelBuilder } from '../../language/kernel-builder.ts';
import type { Vector } from '../../language/value.ts';
import { exponential, exponentialsOfNegative, logisticPair, normalDistribution } from '../math/elementary.ts';

/** An elementwise function whose derivative is a function of its input, which must be kept for backward. */
export interface InputActivation {
  readonly name: string;
  /** y = f(x) */
  forward(k: KernelBuilder, x: Vector): Vector;
  /** ∂E/∂x = ∂E/∂y · f′(x) */
  inputBackward(k: KernelBuilder, outputGradient: Vector, x: Vector): Vector;
}

/** An elementwise function whose derivative costs little more where the function is computed anyway. */
export interface DerivativeActivation extends InputActivation {
  /** f(x) and f′(x) */
  forwardWithDerivative(k: KernelBuilder, x: Vector): { readonly y: Vector; readonly derivative: Vector };
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

/** x · σ(v) = x / (1 + e^−v) for v ≥ 0, x · e^v / (1 + e^v) for v < 0: no power overflows. */
function timesLogistic(k: KernelBuilder, x: Vector, value: Vector): Vector {
  const v = k.let('v', value);
  const power = k.let('power', exponential(k, subtract(0, absolute(v))));
  return divide(select(lessThan(v, 0), multiply(x, power), x), add(1, power));
}

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

/** y = x · min(max(x + 3, 0), 6) / 6; y′ = (2x + 3) / 6 where −3 < x < 3, 0 where x ≤ −3, 1 where x ≥ 3. */
export const hardSwish: InputActivation = {
  name: 'hardSwish',
  forward: (k, value) => {
    const x = k.let('x', value);
    return multiply(x, multiply(min(max(add(x, 3), 0), 6), 1 / 6));
  },
  inputBackward: (k, outputGradient, value) => {
    const x = k.let('x', value);
    const dy = k.let('dy', outputGradient);
    const inside = multiply(dy, multiply(add(add(x, x), 3), 1 / 6));
    return select(lessThan(-3, x), select(lessThan(x, 3), inside, dy), 0);
  },
};

/** y = x where x > 0, else α · (e^x − 1), for α > 0; y′ = 1 or α · e^x */
export const elu = (alpha: number): DerivativeActivation => exponentialLinear(`elu ${alpha}`, 1, alpha);

/**
 * With these constants, layers of SELU keep mean 0 and variance 1. G. Klambauer and others, "Self-normalizing neural
 * networks", 2017.
 */
const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

/** y = λ · x where x > 0, else λα · (e^x − 1); y′ = λ or λα · e^x */
export const selu: DerivativeActivation = exponentialLinear('selu', SELU_SCALE, SELU_ALPHA);

/** The derivative is not y + λα: where y is close to −λα, their sum has no digits left. */
function exponentialLinear(name: string, scale: number, alpha: number): DerivativeActivation {
  const forwardWithDerivative: DerivativeActivation['forwardWithDerivative'] = (k, value) => {
    const x = k.let('x', value);
    const { minusOne, power } = exponentialsOfNegative(k, min(x, 0));
    const isPositive = lessThan(0, x);
    return {
      y: select(isPositive, multiply(x, scale), multiply(minusOne, scale * alpha)),
      derivative: select(isPositive, scale, multiply(power, scale * alpha)),
    };
  };
  return {
    name,
    forward: (k, x) => forwardWithDerivative(k, x).y,
    forwardWithDerivative,
    inputBackward: (k, outputGradient, x) => multiply(outputGradient, forwardWithDerivative(k, x).derivative),
  };
}
