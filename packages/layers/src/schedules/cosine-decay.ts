// A learning rate that falls along half a wave of the cosine.
import { finiteNumber, oneOf, positiveInteger } from '@convoy/tensor';
import { cosineOfPi } from '../portable-math.ts';
import { defineSchedule } from '../schedule.ts';

export interface CosineDecayOptions {
  /** η₀, 0 or more. */
  readonly initialLearningRate: number;
  /** n, how many steps the fall takes. */
  readonly decaySteps: number;
  /** η₁, 0 or more; default 0. */
  readonly finalLearningRate?: number;
  /** Whether it starts again from η₀ after every n steps, and does not stay at η₁; default false. */
  readonly restarts?: boolean;
}

/**
 * η = η₁ + ½ (η₀ − η₁) (1 + cos(π · step / n)), then η₁, or with restarts the same again. As PyTorch's `CosineAnnealingLR` up to step n, and
 * `CosineAnnealingWarmRestarts`. I. Loshchilov, F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const cosineDecay = defineSchedule<CosineDecayOptions, Required<CosineDecayOptions>>({
  type: 'cosineDecay',
  settings: ({ initialLearningRate, decaySteps, finalLearningRate = 0, restarts = false }) => ({
    initialLearningRate: finiteNumber('initialLearningRate', initialLearningRate, { atLeast: 0 }),
    decaySteps: positiveInteger('decaySteps', decaySteps),
    finalLearningRate: finiteNumber('finalLearningRate', finalLearningRate, { atLeast: 0 }),
    restarts: oneOf('restarts', restarts, [true, false]),
  }),
  learningRate: ({ initialLearningRate, decaySteps, finalLearningRate, restarts }, step) =>
    alongCosine(initialLearningRate, finalLearningRate, (restarts ? step % decaySteps : step) / decaySteps),
});

/** From `start` at progress 0 to `end` at progress 1 and beyond. */
export const alongCosine = (start: number, end: number, progress: number): number =>
  end + ((start - end) / 2) * (1 + cosineOfPi(Math.min(1, progress)));
