// Activations as expressions, so that any kernel can apply them where it stores its result.
import type { KernelBuilder } from '../language/kernel-builder.ts';
import { lessThan, max, multiply, select, subtract, type Vector } from '../language/value.ts';
import { hyperbolicTangent, logistic } from './elementary.ts';

/** An elementwise function whose derivative is a function of its output, so that its input need not be kept. */
export interface Activation {
  readonly name: string;
  /** y = f(x) */
  forward(k: KernelBuilder, x: Vector): Vector;
  /** ∂E/∂x = ∂E/∂y · f′(x), with f′ written in terms of y */
  backward(k: KernelBuilder, outputGradient: Vector, y: Vector): Vector;
}

/** y = x, for kernels with nothing fused. */
export const identity: Activation = {
  name: 'identity',
  forward: (_, x) => x,
  backward: (_, outputGradient) => outputGradient,
};

/** Options of layers' forward kernels. */
export interface ForwardOptions {
  /** Applied where the result is stored; the identity by default. */
  readonly activation?: Activation;
  /** Whether there is a bias, and an argument for it; true by default. */
  readonly useBias?: boolean;
}

/** y = max(x, 0), which keeps NaN; the derivative at 0 is 0. */
export const relu: Activation = {
  name: 'relu',
  forward: (_, x) => max(x, 0),
  backward: (_, outputGradient, y) => select(lessThan(0, y), outputGradient, 0),
};

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
