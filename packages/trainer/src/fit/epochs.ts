// A fit as an asynchronous iteration over its epochs.
import type { EpochRecord } from '../shared/records.ts';
import type { Callback } from './callback.ts';
import type { History } from './fit-options.ts';

/**
 * Runs a fit epoch by epoch: each epoch begins when the record of the previous one was taken and the next record is asked for.
 * @param start starts the fit with a callback
 */
export async function* epochsOf(
  start: (callback: Callback) => Promise<History>,
): AsyncGenerator<EpochRecord, History, void> {
  let deliver: (record: EpochRecord | undefined) => void = () => {};
  let startNext: () => void = () => {};
  let isLeft = false;
  const nextRecord = () =>
    new Promise<EpochRecord | undefined>((resolve) => {
      deliver = resolve;
    });
  let record = nextRecord();
  const history = start({
    async onEpochEnd(epoch, run) {
      const nextIsAsked = new Promise<void>((resolve) => {
        startNext = resolve;
      });
      deliver(epoch);
      await nextIsAsked;
      if (isLeft) run.stop('the loop over the epochs was left');
    },
  });
  // The end of the fit ends the iteration. If the fit fails, `await history` below throws its error.
  history.then(
    () => deliver(undefined),
    () => deliver(undefined),
  );
  try {
    for (let epoch = await record; epoch; epoch = await record) {
      record = nextRecord();
      yield epoch;
      startNext();
    }
    return await history;
  } finally {
    isLeft = true;
    startNext();
    await history.catch(() => {});
  }
}
