// Writes the epochs of a run as lines of JSON, for programs.
import type { Callback } from '../fit/callback.ts';
import type { EpochRecord } from '../shared/records.ts';
import { LineLog, type LogOptions } from './line-log.ts';

/**
 * Writes the `EpochRecord` of each epoch as one line of JSON. Each line is on the disk before the run continues. JSON has no NaN and no
 * infinity: they become null.
 * @throws ConvoyError CONVOY_INVALID_OPTION; CONVOY_FILE_UNWRITABLE from `fit`, before the first epoch or after an epoch
 */
export function jsonLinesLog(options: LogOptions): Callback {
  const log = new LineLog('jsonLinesLog', options);
  const write = (record: EpochRecord) => log.add(JSON.stringify(record));
  return {
    skipsFastDevRun: true,
    async onStart({ records }) {
      await log.start();
      if (!log.append) for (const record of records) await write(record);
    },
    onEpochEnd: write,
  };
}
