// Ends a run on a condition of the user.
import type { Callback, Run } from '../fit/callback.ts';
import type { EpochRecord } from '../shared/records.ts';

/**
 * Stops the run after the first epoch for which the condition holds; `fit` then resolves with the epochs so far.
 * @param reason the value of `stopped` in the history
 */
export function stopWhen(
  condition: (record: EpochRecord, run: Run) => boolean,
  reason = 'the condition of stopWhen holds',
): Callback {
  return {
    skipsFastDevRun: true,
    onEpochEnd(record, run) {
      if (condition(record, run)) run.stop(reason);
    },
  };
}
