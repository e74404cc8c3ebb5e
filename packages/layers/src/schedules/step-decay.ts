// A learning rate that falls by a factor every n steps.
import { float32In, numberIn, optional, positiveInteger } from '@convoy/tensor/checks';
import { power } from '@convoy/tensor/portable-math';
import { defineSchedule } from '../schedule.ts';

/** Options of `stepDecay`. */
export interface StepDecayOptions {
  /** η₀, 0 or more. */
  readonly initialLearningRate: number;
  /** n, the number of steps with the same learning rate. */
  readonly decaySteps: number;
  /** γ, above 0; default 0.1. */
  readonly decayRate?: number;
}

/** η = η₀ · γ^⌊step / n⌋: the same as PyTorch's `StepLR`. @throws ConvoyError CONVOY_INVALID_OPTION */
export const stepDecay = defineSchedule<StepDecayOptions, Required<StepDecayOptions>>({
  type: 'stepDecay',
  settings: (check) =>
    check({
      initialLearningRate: float32In({ atLeast: 0 }),
      decaySteps: positiveInteger,
      decayRate: optional(numberIn({ above: 0 }), 0.1),
    }),
  learningRate: ({ initialLearningRate, decaySteps, decayRate }, step) =>
    initialLearningRate * power(decayRate, Math.floor(step / decaySteps)),
});
