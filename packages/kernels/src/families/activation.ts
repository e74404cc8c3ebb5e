// Activations as expressions, so that any kernel can apply them where it stores its result.
import type { KernelBuilder } from '../language/kernel-builder.ts';
import type { Vector } from '../language/value.ts';

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
