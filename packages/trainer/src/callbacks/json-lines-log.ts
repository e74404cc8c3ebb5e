// The epochs of a run for programs.
import type { Callback } from '../callbacks.ts';
import { LineLog, type LogOptions } from './line-log.ts';

/**
 * Writes the `EpochRecord` of each epoch as one line of JSON. Each line is on the disk before the run goes on. JSON has no NaN and no
 * infinity: they become null.
 * @throws ConvoyError CONVOY_INVALID_OPTION; CONVOY_FILE_UNWRITABLE from `fit`, before the first epoch or after one
 */
export function jsonLinesLog(options: LogOptions): Callback {
  const log = new LineLog(options);
  return {
    async onStart() {
      await log.start();
    },
    onEpochEnd: (record) => log.add(JSON.stringify(record)),
  };
}
