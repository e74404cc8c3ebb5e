// Ends a run whose score does not improve.
import { isTensor, positiveInteger, type Tensor } from '@convoy/tensor';
import { checkOptions, flag, optional } from '@convoy/tensor/checks';
import { number, objectOf, optional as optionalField, recordOf, single, stateOf } from '../checkpoint/checks.ts';
import type { Callback } from '../fit/callback.ts';
import { BestScore, type MonitorOptions, monitorChecks } from './best-score.ts';

/** The options of `earlyStopping`. */
export interface EarlyStoppingOptions extends MonitorOptions {
  /** The run stops after this many epochs in a row without a better score; default 3. */
  readonly patience?: number;
  /** Whether the parameters of the best epoch are restored at the end; default true. */
  readonly restoreBest?: boolean;
}

/** What the callback must remember when the run is resumed. */
interface State {
  readonly best: number;
  readonly waited: number;
  readonly lastStep: number;
  /** The parameters of the best epoch, by name. */
  readonly parameters: Readonly<Record<string, Tensor>> | undefined;
}

const checkState = objectOf<State>({
  best: number,
  waited: number,
  lastStep: number,
  parameters: optionalField(recordOf(single('a tensor', isTensor))),
});

/**
 * Stops the run when a score has not improved for some epochs, and restores the parameters of the best epoch. It also restores them when the
 * run ends for another reason, unless that was in the middle of an epoch. The optimizer keeps its state after the last step.
 * @throws ConvoyError CONVOY_INVALID_OPTION; CONVOY_UNKNOWN_NAME from `fit` after the first epoch if no score has the name `monitor`
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): Callback {
  const { patience, restoreBest, ...monitoring } = checkOptions('earlyStopping', options, {
    ...monitorChecks,
    patience: optional(positiveInteger, 3),
    restoreBest: optional(flag, true),
  });
  const score = new BestScore(monitoring);
  const name = `earlyStopping(${monitoring.monitor ?? ''})`;
  let waited = 0;
  let best: Map<string, Tensor> | undefined;
  /** The trainer's step at the end of the last epoch. */
  let lastStep = 0;
  return {
    skipsFastDevRun: true,
    name,
    state: (): State => ({ best: score.best, waited, lastStep, parameters: best && Object.fromEntries(best) }),
    restore(state) {
      checkState(state, stateOf(name));
      const { parameters, ...counts } = state as State;
      ({ best: score.best, waited, lastStep } = counts);
      best = parameters && new Map(Object.entries(parameters));
    },
    onStart() {
      score.reset();
      waited = 0;
      best = undefined;
    },
    onEpochEnd(record, run) {
      const isBest = score.improves(record);
      waited = isBest ? 0 : waited + 1;
      if (isBest && restoreBest) best = run.parameters();
      if (waited >= patience) run.stop(`earlyStopping: ${waited} epochs without a better ${score.nameOf(record)}`);
      lastStep = run.step;
    },
    onEnd(run) {
      // A run that ended in the middle of an epoch may be resumed there, with its current parameters.
      if (best && run.step === lastStep) run.setParameters(best);
    },
  };
}
