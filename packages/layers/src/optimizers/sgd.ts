// Stochastic gradient descent.
import { sgdRule } from '@convoy/kernels';
import { ConvoyError } from '@convoy/tensor';
import { flag, float32In, optional } from '@convoy/tensor/checks';
import { defineOptimizer, type OptimizerOptions, type OwnOptimizerOptions } from '../optimizer.ts';
import type { LearningRate } from '../schedule.ts';

/** Options of `sgd`. */
export interface SgdOptions extends OptimizerOptions {
  /** η: a number of 0 or more, a schedule, or a function of the step, which counts from 0. */
  readonly learningRate: LearningRate;
  /** μ, the momentum, from 0 to below 1; default 0. */
  readonly momentum?: number;
  /** Whether to use Nesterov's momentum, which looks one step ahead; default false. */
  readonly nesterov?: boolean;
  /** λ, the factor of the L2 penalty ½ λ w², 0 or more; default 0. */
  readonly weightDecay?: number;
}

/**
 * g = ∂E/∂w + λ·w; v ← μ·v + g; w ← w − η·v, or w ← w − η·(g + μ·v) with Nesterov's momentum. The same as PyTorch's `SGD`. Slot: `velocity` (v).
 * Momentum: B. T. Polyak, "Some methods of speeding up the convergence of iteration methods", 1964. Nesterov's momentum: I. Sutskever and others, "On
 * the importance of initialization and momentum in deep learning", 2013.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 * @example sgd({ learningRate: 0.05, momentum: 0.9 })
 */
export const sgd = defineOptimizer<SgdOptions, Required<OwnOptimizerOptions<SgdOptions>>>({
  type: 'sgd',

  settings(check) {
    const settings = check({
      momentum: optional(float32In({ atLeast: 0, below: 1 }), 0),
      nesterov: optional(flag, false),
      weightDecay: optional(float32In({ atLeast: 0 }), 0),
    });
    if (!settings.nesterov || settings.momentum > 0) return settings;
    throw new ConvoyError('CONVOY_INVALID_OPTION', {
      given: 'nesterov: true with momentum: 0',
      expected: 'a momentum above 0',
      fix: 'Set momentum, for example to 0.9, or leave nesterov out.',
    });
  },

  rule: ({ nesterov }) => sgdRule(nesterov),

  numbers: ({ momentum, weightDecay }, learningRate) => ({ learningRate, momentum, weightDecay }),
});
