// A fit that is only tried out: all of its code runs, on little data, and it writes no files.
import { take } from '@convoy/datasets';
import type { CheckedFitOptions } from './checked-options.ts';

/** The options, or with `fastDevRun` those of one short epoch. */
export function withFastDevRun(options: CheckedFitOptions, batchSize: number): CheckedFitOptions {
  const { fastDevRun: batches, validation, callbacks, overfitBatches = Number.POSITIVE_INFINITY } = options;
  if (batches === undefined) return options;
  return {
    ...options,
    epochs: 1,
    overfitBatches: Math.min(batches, overfitBatches),
    validation: validation && take(validation, Math.min(validation.length, batches * batchSize)),
    callbacks: callbacks.inFastDevRun(),
    resume: undefined,
  };
}
