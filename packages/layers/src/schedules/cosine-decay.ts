// A learning rate that falls along half a period of the cosine.
import { flag, float32In, optional, positiveInteger } from '@convoy/tensor/checks';
import { cosineOfPi } from '@convoy/tensor/portable-math';
import { defineSchedule } from '../schedule.ts';

/** Options of `cosineDecay`. */
export interface CosineDecayOptions {
  /** η₀, 0 or more. */
  readonly initialLearningRate: number;
  /** n, the number of steps until the learning rate is η₁. */
  readonly decaySteps: number;
  /** η₁, 0 or more; default 0. */
  readonly finalLearningRate?: number;
  /** Whether the schedule starts again from η₀ after every n steps, instead of staying at η₁; default false. */
  readonly restarts?: boolean;
}

/**
 * η = η₁ + ½ (η₀ − η₁) (1 + cos(π · step / n)) up to step n, then η₁, or the same again with `restarts`. The same as PyTorch's `CosineAnnealingLR` up
 * to step n, and as its `CosineAnnealingWarmRestarts`.
 * I. Loshchilov, F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const cosineDecay = defineSchedule<CosineDecayOptions, Required<CosineDecayOptions>>({
  type: 'cosineDecay',
  settings: (check) =>
    check({
      initialLearningRate: float32In({ atLeast: 0 }),
      decaySteps: positiveInteger,
      finalLearningRate: optional(float32In({ atLeast: 0 }), 0),
      restarts: optional(flag, false),
    }),
  learningRate: ({ initialLearningRate, decaySteps, finalLearningRate, restarts }, step) =>
    alongCosine(initialLearningRate, finalLearningRate, (restarts ? step % decaySteps : step) / decaySteps),
});

/** Half a period of the cosine from `start` at progress 0 to `end` at progress 1, and `end` after that. */
export const alongCosine = (start: number, end: number, progress: number): number =>
  end + ((start - end) / 2) * (1 + cosineOfPi(Math.min(1, progress)));
