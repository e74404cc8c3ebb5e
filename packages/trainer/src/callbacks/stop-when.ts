// Ends a run on a condition of the user.
import { flag, functionOf, text } from '@convoy/tensor/checks';
import type { Callback, Run } from '../fit/callback.ts';
import type { EpochRecord } from '../shared/records.ts';

/**
 * Stops the run after the first epoch for which the condition holds; `fit` then resolves with the epochs so far.
 * @param condition returns true or false, or a promise of it
 * @param reason the value of `stopped` in the history
 * @throws ConvoyError CONVOY_INVALID_OPTION, also from `fit` if the condition returns something else
 */
export function stopWhen(
  condition: (record: EpochRecord, run: Run) => boolean | Promise<boolean>,
  reason = 'the condition of stopWhen holds',
): Callback {
  functionOf()('condition', condition);
  text('reason', reason);
  return {
    skipsFastDevRun: true,
    async onEpochEnd(record, run) {
      if (flag('the result of the condition of stopWhen', await condition(record, run))) run.stop(reason);
    },
  };
}
