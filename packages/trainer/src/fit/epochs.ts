// A fit as an asynchronous iteration over its epochs.

import type { EpochRecord } from '../shared/records.ts';
import type { Callback, History } from './callback.ts';

/**
 * Runs a fit epoch by epoch: each waits until the one before was taken and the next one is asked for.
 * @param start starts the fit with a callback
 */
export async function* epochsOf(
  start: (callback: Callback) => Promise<History>,
): AsyncGenerator<EpochRecord, History, void> {
  let deliver: (record: EpochRecord | undefined) => void = () => {};
  let goOn: () => void = () => {};
  let left = false;
  const nextRecord = () =>
    new Promise<EpochRecord | undefined>((resolve) => {
      deliver = resolve;
    });
  let record = nextRecord();
  const history = start({
    async onEpochEnd(epoch, run) {
      const asked = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      deliver(epoch);
      await asked;
      if (left) run.stop('the loop over the epochs was left');
    },
  });
  // Its end, good or bad, ends the iteration; what it throws is thrown below.
  history.then(
    () => deliver(undefined),
    () => deliver(undefined),
  );
  try {
    for (let epoch = await record; epoch; epoch = await record) {
      record = nextRecord();
      yield epoch;
      goOn();
    }
    return await history;
  } finally {
    left = true;
    goOn();
    await history.catch(() => {});
  }
}
