// RMSProp.
import { rmspropRule } from '@convoy/kernels';
import { finiteNumber } from '@convoy/tensor';
import { defineOptimizer, type Optimizer, type OptimizerOptions } from '../optimizer.ts';

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

const describe = defineOptimizer({
  type: 'rmsprop',
  learningRate: 0.01,

  settings: ({ rho = 0.99, epsilon = 1e-8, momentum = 0, weightDecay = 0 }: RmspropOptions) => ({
    rho: finiteNumber('rho', rho, { atLeast: 0, below: 1 }),
    epsilon: finiteNumber('epsilon', epsilon, { atLeast: 2 ** -126 }),
    momentum: finiteNumber('momentum', momentum, { atLeast: 0, below: 1 }),
    weightDecay: finiteNumber('weightDecay', weightDecay, { atLeast: 0 }),
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
