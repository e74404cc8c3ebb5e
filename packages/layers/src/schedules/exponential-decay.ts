// A learning rate that is multiplied by the same factor at every step.
import { float32In, numberIn, optional, positiveInteger } from '@convoy/tensor/checks';
import { power } from '@convoy/tensor/portable-math';
import { defineSchedule } from '../schedule.ts';

/** Options of `exponentialDecay`. */
export interface ExponentialDecayOptions {
  /** η₀, 0 or more. */
  readonly initialLearningRate: number;
  /** γ, above 0. Above 1, the learning rate grows. */
  readonly decayRate: number;
  /** n, the number of steps in which the learning rate changes by the factor γ; default 1. */
  readonly decaySteps?: number;
}

/** η = η₀ · γ^(step / n); with n = 1 the same as PyTorch's `ExponentialLR`. @throws ConvoyError CONVOY_INVALID_OPTION */
export const exponentialDecay = defineSchedule<ExponentialDecayOptions, Required<ExponentialDecayOptions>>({
  type: 'exponentialDecay',
  settings: (check) =>
    check({
      initialLearningRate: float32In({ atLeast: 0 }),
      decayRate: numberIn({ above: 0 }),
      decaySteps: optional(positiveInteger, 1),
    }),
  learningRate: ({ initialLearningRate, decayRate, decaySteps }, step) =>
    initialLearningRate * power(decayRate, step / decaySteps),
});
