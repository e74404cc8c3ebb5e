// Activations as expressions, which any kernel can apply to its result before it stores it.
import { absolute, add, and, divide, lessThan, max, min, multiply, select, subtract } from '../../language/floats.ts';
import type { KernelBuilder } from '../../language/kernel-builder.ts';
import type { Vector } from '../../language/value.ts';
import {
  exponential,
  exponentialMinusOne,
  hyperbolicTangent,
  logarithmOfOnePlus,
  logistic,
} from '../math/elementary.ts';
import type { InputActivation } from './input-activation.ts';

/**
 * An elementwise function whose derivative is a function of its output, so that its input need not be kept for
 * backward.
 */
export interface Activation {
  readonly name: string;
  /** y = f(x) */
  forward(k: KernelBuilder, x: Vector): Vector;
  /** ∂E/∂x = ∂E/∂y · f′(x), with f′ written in terms of y */
  backward(k: KernelBuilder, outputGradient: Vector, y: Vector): Vector;
}

/** y = x, for kernels without a fused activation. */
export const identity: Activation = {
  name: 'identity',
  forward: (_, x) => x,
  backward: (_, outputGradient) => outputGradient,
};

/** The operand that the derivative of an activation reads; the identity has none. */
export const derivativeOperand = <Kind>(activation: Activation, kind: Kind): Kind | undefined =>
  activation === identity ? undefined : kind;

/** Options of forward kernels. */
export interface ForwardOptions {
  /** The activation of the result; the identity by default. */
  readonly activation?: Activation;
  /** Whether there is a bias and an operand for it; true by default. */
  readonly useBias?: boolean;
}

/** y = max(x, 0). A NaN stays NaN; the derivative at 0 is 0. */
export const relu: Activation = {
  name: 'relu',
  forward: (_, x) => max(x, 0),
  backward: (_, outputGradient, y) => select(lessThan(0, y), outputGradient, 0),
};

/** y = min(max(x, 0), 6). A NaN stays NaN; the derivative at 0 and 6 is 0. */
export const relu6: Activation = {
  name: 'relu6',
  forward: (_, x) => min(max(x, 0), 6),
  backward: (k, outputGradient, value) => {
    const y = k.let('y', value);
    return select(and(lessThan(0, y), lessThan(y, 6)), outputGradient, 0);
  },
};

/**
 * y = x where x > 0, else slope · x. A NaN stays NaN; the derivative at 0 is the slope. With a negative slope the sign
 * of x does not follow from the sign of y, so only `inputBackward` is correct.
 */
export function leakyRelu(negativeSlope: number): Activation & InputActivation {
  const derivative: Activation['backward'] = (k, outputGradient, signed) => {
    const dy = k.let('dy', outputGradient);
    return select(lessThan(0, signed), dy, multiply(dy, negativeSlope));
  };
  return {
    name: `leakyRelu ${negativeSlope}`,
    forward: (k, value) => {
      const x = k.let('x', value);
      return select(lessThan(0, x), x, multiply(x, negativeSlope));
    },
    backward: derivative,
    inputBackward: derivative,
  };
}

/** The largest float32 below 1. */
const BELOW_ONE = 1 - 2 ** -24;

/** y = min(max(x + 3, 0), 6) / 6, which is below 1 where x < 3; y′ = 1/6 where 0 < y < 1, else 0 */
export const hardSigmoid: Activation = {
  name: 'hardSigmoid',
  forward: (k, value) => {
    const x = k.let('x', value);
    const raised = k.let('raised', max(add(x, 3), 0));
    return select(lessThan(x, 3), min(multiply(raised, 1 / 6), BELOW_ONE), min(raised, 1));
  },
  backward: (k, outputGradient, value) => {
    const y = k.let('y', value);
    return select(and(lessThan(0, y), lessThan(y, 1)), multiply(outputGradient, 1 / 6), 0);
  },
};

/** y = log (1 + e^βx) / β = max(x, 0) + log (1 + e^−|βx|) / β, for β > 0; y′ = 1 − e^−βy */
export function softplus(beta: number): Activation {
  return {
    name: `softplus ${beta}`,
    forward: (k, value) => {
      const x = k.let('x', value);
      const rest = logarithmOfOnePlus(k, exponential(k, subtract(0, absolute(multiply(x, beta)))));
      return add(max(x, 0), divide(rest, beta));
    },
    backward: (k, outputGradient, y) => {
      const rest = exponentialMinusOne(k, multiply(y, -beta));
      return multiply(outputGradient, subtract(0, rest));
    },
  };
}

/** y = 1 / (1 + e^−x), y′ = y · (1 − y) */
export const sigmoid: Activation = {
  name: 'sigmoid',
  forward: logistic,
  backward: (k, outputGradient, value) => {
    const y = k.let('y', value);
    return multiply(outputGradient, multiply(y, subtract(1, y)));
  },
};

/** y = tanh x, y′ = 1 − y² */
export const tanh: Activation = {
  name: 'tanh',
  forward: hyperbolicTangent,
  backward: (k, outputGradient, value) => {
    const y = k.let('y', value);
    return multiply(outputGradient, subtract(1, multiply(y, y)));
  },
};
