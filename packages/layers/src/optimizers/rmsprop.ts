// RMSProp.
import { rmspropRule } from '@convoy/kernels';
import { finiteNumber } from '@convoy/tensor';
import { defineOptimizer, type Optimizer, type OptimizerOptions } from '../optimizer.ts';

/** Defaults are PyTorch's. The default of `learningRate` is 0.01. */
export interface RmspropOptions extends OptimizerOptions {
  /** ρ, the decay of the squares' average, from 0 to below 1; default 0.99. */
  readonly rho?: number;
  /** ε, 2^−126 (the least normal float32) or more; default 1e-8. */
  readonly epsilon?: number;
  /** μ, from 0 to below 1; default 0. */
  readonly momentum?: number;
  /** λ of the L2 penalty ½ λ w², 0 or more; default 0. */
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
 * g = ∂E/∂w + λ·w; v ← ρ·v + (1 − ρ)·g²; u ← μ·u + g / (√v + ε); w ← w − η·u. As PyTorch's `RMSprop`, not centred. T. Tieleman, G. Hinton,
 * Lecture 6.5 of "Neural Networks for Machine Learning", 2012.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const rmsprop = (options: RmspropOptions = {}): Optimizer => describe(options);
