// Ends a run that gets no better.
import { oneOf, positiveInteger, type Tensor } from '@convoy/tensor';
import type { Callback } from '../fit/callback.ts';
import { BestScore, type MonitorOptions } from './best-score.ts';

export interface EarlyStoppingOptions extends MonitorOptions {
  /** Epochs in a row without a better score after which the run stops; default 3. */
  readonly patience?: number;
  /** Whether the parameters of the best epoch are put back at the end; default true. */
  readonly restoreBest?: boolean;
}

/** What a resumed run has to remember. */
interface State {
  readonly best: number;
  readonly waited: number;
  readonly lastStep: number;
  /** Of the best epoch, by name. */
  readonly parameters: Readonly<Record<string, Tensor>> | undefined;
}

/**
 * Stops the run when a score has not become better for some epochs, and puts the parameters of the best epoch back: also when the run ends
 * for another reason, unless it was cut in the middle of an epoch. The optimizer's own state stays that of the last step.
 * @throws ConvoyError CONVOY_INVALID_OPTION; CONVOY_UNKNOWN_NAME from `fit` after the first epoch if nothing is called as `monitor` says
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): Callback {
  const { patience = 3, restoreBest = true } = options;
  positiveInteger('patience', patience);
  oneOf('restoreBest', restoreBest, [true, false]);
  const score = new BestScore(options);
  let waited = 0;
  let best: Map<string, Tensor> | undefined;
  /** Of the trainer, at the end of the last epoch. */
  let lastStep = 0;
  return {
    skipsFastDevRun: true,
    name: `earlyStopping(${options.monitor ?? ''})`,
    state: (): State => ({ best: score.best, waited, lastStep, parameters: best && Object.fromEntries(best) }),
    restore(state) {
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
      // What was cut in the middle of an epoch may be taken up again where it is.
      if (best && run.step === lastStep) run.setParameters(best);
    },
  };
}
