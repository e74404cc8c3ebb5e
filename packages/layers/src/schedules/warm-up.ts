// A rising start in front of another schedule.
import { finiteNumber, positiveInteger } from '@convoy/tensor';
import { checkedLearningRate, defineSchedule, evaluate, type LearningRate } from '../schedule.ts';

export interface WarmUpOptions {
  /** n, how many steps the rise takes. */
  readonly steps: number;
  /** What comes after it: a number, or a schedule, whose own step 0 is step n. */
  readonly learningRate: LearningRate;
  /** f, which part of the learning rate the first step takes, from 0 to 1; default 1/3. */
  readonly startFactor?: number;
}

/**
 * η = (f + (1 − f) · step / n) · η′(0) up to step n, then η′(step − n), where η′ is the learning rate that is wrapped. As PyTorch's `LinearLR`
 * with its default factor, and another schedule after it (`SequentialLR`).
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const warmUp = defineSchedule<WarmUpOptions, Required<WarmUpOptions>>({
  type: 'warmUp',
  settings: ({ steps, learningRate, startFactor = 1 / 3 }) => ({
    steps: positiveInteger('steps', steps),
    learningRate: checkedLearningRate('learningRate', learningRate),
    startFactor: finiteNumber('startFactor', startFactor, { atLeast: 0, atMost: 1 }),
  }),
  learningRate: ({ steps, learningRate, startFactor }, step) =>
    step < steps
      ? (startFactor + ((1 - startFactor) * step) / steps) * evaluate(learningRate, 0)
      : evaluate(learningRate, step - steps),
});
