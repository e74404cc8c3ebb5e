// Lowers the learning rate of a run whose score does not improve.
import { nonNegativeInteger, positiveInteger } from '@convoy/tensor';
import { checkOptions, numberIn, optional } from '@convoy/tensor/checks';
import { number, objectOf, stateOf } from '../checkpoint/checks.ts';
import type { Callback } from '../fit/callback.ts';
import { BestScore, type MonitorOptions, monitorChecks } from './best-score.ts';

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

const checkState = objectOf<State>({ best: number, waited: number, cooling: number });

/**
 * Multiplies the learning rate, also one from a schedule, by a factor whenever a score has not improved for some epochs.
 * @throws ConvoyError CONVOY_INVALID_OPTION; CONVOY_UNKNOWN_NAME from `fit` after the first epoch if no score has the name `monitor`
 */
export function reduceOnPlateau(options: ReduceOnPlateauOptions = {}): Callback {
  const { factor, patience, cooldown, minFactor, ...monitoring } = checkOptions('reduceOnPlateau', options, {
    ...monitorChecks,
    factor: optional(numberIn({ above: 0, below: 1 }), 0.1),
    patience: optional(positiveInteger, 2),
    cooldown: optional(nonNegativeInteger, 0),
    minFactor: optional(numberIn({ atLeast: 0, atMost: 1 }), 0),
  });
  const score = new BestScore(monitoring);
  const name = `reduceOnPlateau(${monitoring.monitor ?? ''})`;
  let waited = 0;
  let cooling = 0;
  return {
    name,
    state: (): State => ({ best: score.best, waited, cooling }),
    restore(state) {
      checkState(state, stateOf(name));
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
