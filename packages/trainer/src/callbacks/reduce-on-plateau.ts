// Lowers the learning rate of a run that gets no better.
import { finiteNumber, nonNegativeInteger, positiveInteger } from '@convoy/tensor';
import type { Callback } from '../fit/callback.ts';
import { BestScore, type MonitorOptions } from './best-score.ts';

export interface ReduceOnPlateauOptions extends MonitorOptions {
  /** What the learning rate is multiplied by each time, above 0 and below 1; default 0.1. */
  readonly factor?: number;
  /** Epochs in a row without a better score after which the rate is reduced; default 2. */
  readonly patience?: number;
  /** Epochs after a reduction that do not count as without a better score; default 0. */
  readonly cooldown?: number;
  /** The learning rate never becomes less than this part of what its schedule says; default 0. */
  readonly minFactor?: number;
}

/** What a resumed run has to remember. */
interface State {
  readonly best: number;
  readonly waited: number;
  readonly cooling: number;
}

/**
 * Multiplies the learning rate, that of a schedule too, by a factor whenever a score has not become better for some epochs.
 * @throws ConvoyError CONVOY_INVALID_OPTION; CONVOY_UNKNOWN_NAME from `fit` after the first epoch if nothing is called as `monitor` says
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
