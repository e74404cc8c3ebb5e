// A rising learning rate before another schedule.
import { numberIn, optional, positiveInteger } from '@convoy/tensor/checks';
import { checkLearningRate, defineSchedule, evaluate, type LearningRate, rateAt } from '../schedule.ts';

/** Options of `warmUp`. */
export interface WarmUpOptions {
  /** n, the number of steps of the rise. */
  readonly steps: number;
  /** The learning rate after the rise: a number, or a schedule whose step 0 is step n. */
  readonly learningRate: LearningRate;
  /** f, the factor of the learning rate at step 0, from 0 to 1; default 1/3. */
  readonly startFactor?: number;
}

/**
 * η = (f + (1 − f) · step / n) · η′(0) up to step n, then η′(step − n), where η′ is the option `learningRate`. The same as PyTorch's `LinearLR` with
 * its default factor, followed by another schedule (`SequentialLR`).
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 * @example warmUp({ steps: 500, learningRate: cosineDecay({ initialLearningRate: 0.1, decaySteps: 10_000 }) })
 */
export const warmUp = defineSchedule<WarmUpOptions, Required<WarmUpOptions>>({
  type: 'warmUp',
  settings: (check) =>
    check({
      steps: positiveInteger,
      learningRate: checkLearningRate,
      startFactor: optional(numberIn({ atLeast: 0, atMost: 1 }), 1 / 3),
    }),
  learningRate: ({ steps, learningRate, startFactor }, step) =>
    step < steps
      ? (startFactor + ((1 - startFactor) * step) / steps) * rateAt(learningRate, 0)
      : evaluate(learningRate, step - steps),
});
