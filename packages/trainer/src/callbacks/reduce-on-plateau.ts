// Lowers the learning rate of a run whose score does not improve.
import { finiteNumber, nonNegativeInteger, positiveInteger } from '@convoy/tensor';
import type { Callback } from '../fit/callback.ts';
import { BestScore, type MonitorOptions } from './best-score.ts';

/** The options of `reduceOnPlateau`. */
export interface ReduceOnPlateauOptions extends MonitorOptions {
  /** Each reduction multiplies the learning rate by this number, above 0 and below 1; default 0.1. */
  readonly factor?: number;
  /** The rate is reduced after this many epochs in a row without a better score; default 2. */
  readonly patience?: number;
  /** After a reduction, this many epochs do not count as epochs without a better score; default 0. */
  readonly cooldown?: number;
  /** The factor on the learning rate never becomes less than this; default 0. */
  readonly minFactor?: number;
}

/** What the callback must remember when the run is resumed. */
interface State {
  readonly best: number;
  readonly waited: number;
  readonly cooling: number;
}

/**
 * Multiplies the learning rate, also one from a schedule, by a factor whenever a score has not improved for some epochs.
 * @throws ConvoyError CONVOY_INVALID_OPTION; CONVOY_UNKNOWN_NAME from `fit` after the first epoch if no score has the name `monitor`
 */
export function reduceOnPlateau(options: ReduceOnPlateauOptions = {}): Callback {
  const { factor = 0.1, patience = 2, cooldown = 0, minFactor = 0 } = options;
  finiteNumber('factor', factor, { above: 0, below: 1 });
  positiveInteger('patience', patience);
  nonNegativeInteger('cooldown', cooldown);
  finiteNumber('minFactor', minFactor, { atLeast: 0, atMost: 1 });
  const score = new BestScore(options);
  let waited = 0;
  let cooling = 0;
  return {
    name: `reduceOnPlateau(${options.monitor ?? ''})`,
    state: (): State => ({ best: score.best, waited, cooling }),
    restore(state) {
      ({ best: score.best, waited, cooling } = state as State);
    },
    onStart() {
      score.reset();
      waited = 0;
      cooling = 0;
    },
    onEpochEnd(record, run) {
      const isBest = score.improves(record);
      if (cooling > 0) {
        cooling--;
        return;
      }
      waited = isBest ? 0 : waited + 1;
      if (waited < patience || run.learningRateFactor <= minFactor) return;
      run.learningRateFactor = Math.max(minFactor, factor * run.learningRateFactor);
      waited = 0;
      cooling = cooldown;
    },
  };
}
