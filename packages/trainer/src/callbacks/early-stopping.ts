// Ends a run that gets no better.
import { oneOf, positiveInteger, type Tensor } from '@convoy/tensor';
import type { Callback } from '../callbacks.ts';
import { BestScore, type MonitorOptions } from './best-score.ts';

export interface EarlyStoppingOptions extends MonitorOptions {
  /** Epochs in a row without a better score after which the run stops; default 3. */
  readonly patience?: number;
  /** Whether the parameters of the best epoch are put back at the end; default true. */
  readonly restoreBest?: boolean;
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
  let lastStep = 0;
  return {
    onStart() {
      score.reset();
      waited = 0;
    },
    onEpochEnd(record, run) {
      const isBest = score.improves(record);
      waited = isBest ? 0 : waited + 1;
      if (isBest && restoreBest) best = run.parameters();
      if (waited >= patience) run.stop();
      lastStep = run.step;
    },
    onEnd(run) {
      // What was cut in the middle of an epoch may be taken up again where it is.
      if (best && run.step === lastStep) run.setParameters(best);
      best = undefined;
    },
  };
}
