// Stochastic gradient descent.
import { sgdRule } from '@convoy/kernels';
import { ConvoyError, finiteNumber, oneOf } from '@convoy/tensor';
import { defineOptimizer, type OptimizerOptions } from '../optimizer.ts';
import type { LearningRate } from '../schedule.ts';

export interface SgdOptions extends OptimizerOptions {
  /** η: a number of 0 or more, a schedule, or a function of the step, which counts from 0. */
  readonly learningRate: LearningRate;
  /** μ, from 0 to below 1; default 0. */
  readonly momentum?: number;
  /** Whether the gradient is taken where the momentum leads; default false. */
  readonly nesterov?: boolean;
  /** λ of the L2 penalty ½ λ w², 0 or more; default 0. */
  readonly weightDecay?: number;
}

/**
 * g = ∂E/∂w + λ·w; v ← μ·v + g; w ← w − η·v, or with Nesterov's momentum w ← w − η·(g + μ·v). PyTorch's convention.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const sgd = defineOptimizer({
  type: 'sgd',

  settings({ momentum = 0, nesterov = false, weightDecay = 0 }: SgdOptions) {
    if (nesterov && momentum === 0) {
      throw new ConvoyError('CONVOY_INVALID_OPTION', {
        given: 'nesterov: true with momentum: 0',
        expected: 'a momentum above 0',
        fix: 'Set momentum, for example to 0.9, or leave nesterov out.',
      });
    }
    return {
      momentum: finiteNumber('momentum', momentum, { atLeast: 0, below: 1 }),
      nesterov: oneOf('nesterov', nesterov, [true, false]),
      weightDecay: finiteNumber('weightDecay', weightDecay, { atLeast: 0 }),
    };
  },

  rule: ({ nesterov }) => sgdRule(nesterov),

  numbers: ({ momentum, weightDecay }, learningRate) => ({ learningRate, momentum, weightDecay }),
});
