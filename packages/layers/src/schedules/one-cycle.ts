// A learning rate that rises once and falls once.
import { float32In, numberIn, optional, positiveInteger } from '@convoy/tensor/checks';
import { defineSchedule } from '../schedule.ts';
import { alongCosine } from './cosine-decay.ts';

/** Options of `oneCycle`. */
export interface OneCycleOptions {
  /** ηₘ, the peak, 0 or more. */
  readonly maxLearningRate: number;
  /** n, the number of steps of the whole cycle. */
  readonly totalSteps: number;
  /** p, the fraction of the steps in which the learning rate rises, from 0 to below 1; default 0.3. */
  readonly increasingFraction?: number;
  /** The cycle starts at ηₘ / initialDivisor; above 0, default 25. */
  readonly initialDivisor?: number;
  /** The cycle ends at ηₘ / initialDivisor / finalDivisor; above 0, default 10 000. */
  readonly finalDivisor?: number;
}

/**
 * The learning rate rises from ηₘ / initialDivisor to ηₘ at step p · n − 1, then falls to ηₘ / initialDivisor / finalDivisor at step n − 1, each along
 * half a period of the cosine. After that it is constant. The same as PyTorch's `OneCycleLR` with `cycle_momentum=False`.
 * L. N. Smith, N. Topin, "Super-Convergence: Very Fast Training of Neural Networks Using Large Learning Rates", 2018.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const oneCycle = defineSchedule<OneCycleOptions, Required<OneCycleOptions>>({
  type: 'oneCycle',
  settings: (check) =>
    check({
      maxLearningRate: float32In({ atLeast: 0 }),
      totalSteps: positiveInteger,
      increasingFraction: optional(numberIn({ atLeast: 0, below: 1 }), 0.3),
      initialDivisor: optional(numberIn({ above: 0 }), 25),
      finalDivisor: optional(numberIn({ above: 0 }), 1e4),
    }),
  learningRate({ maxLearningRate, totalSteps, increasingFraction, initialDivisor, finalDivisor }, step) {
    const start = maxLearningRate / initialDivisor;
    const peak = increasingFraction * totalSteps - 1;
    const last = totalSteps - 1;
    if (step < peak) return alongCosine(start, maxLearningRate, step / peak);
    return alongCosine(maxLearningRate, start / finalDivisor, (step - peak) / (last - peak));
  },
});
