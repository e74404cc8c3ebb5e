// RMSProp.
import { rmspropRule } from '@convoy/kernels';
import { float32In, optional } from '@convoy/tensor/checks';
import { defineOptimizer, type Optimizer, type OptimizerOptions, type OwnOptimizerOptions } from '../optimizer.ts';

/** The defaults are PyTorch's; the default of `learningRate` is 0.01. */
export interface RmspropOptions extends OptimizerOptions {
  /** ρ, the decay of the average of squared gradients, from 0 to below 1; default 0.99. */
  readonly rho?: number;
  /** ε, at least 2^−126, the smallest normal float32; default 1e-8. */
  readonly epsilon?: number;
  /** μ, the momentum, from 0 to below 1; default 0. */
  readonly momentum?: number;
  /** λ, the factor of the L2 penalty ½ λ w², 0 or more; default 0. */
  readonly weightDecay?: number;
}

const describe = defineOptimizer<RmspropOptions, Required<OwnOptimizerOptions<RmspropOptions>>>({
  type: 'rmsprop',
  learningRate: 0.01,

  settings: (check) =>
    check({
      rho: optional(float32In({ atLeast: 0, below: 1 }), 0.99),
      epsilon: optional(float32In({ atLeast: 2 ** -126 }), 1e-8),
      momentum: optional(float32In({ atLeast: 0, below: 1 }), 0),
      weightDecay: optional(float32In({ atLeast: 0 }), 0),
    }),

  rule: rmspropRule,

  numbers: ({ rho, epsilon, momentum, weightDecay }, learningRate) => ({
    learningRate,
    squareDecay: rho,
    squareRate: 1 - rho,
    epsilon,
    momentum,
    weightDecay,
  }),
});

/**
 * g = ∂E/∂w + λ·w; v ← ρ·v + (1 − ρ)·g²; u ← μ·u + g / (√v + ε); w ← w − η·u. The same as PyTorch's `RMSprop` that is not centered.
 * Slots: `square` (v) and `velocity` (u).
 * T. Tieleman, G. Hinton, Lecture 6.5 of "Neural Networks for Machine Learning", 2012.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const rmsprop = (options: RmspropOptions = {}): Optimizer => describe(options);
