// A fit that is only tried out: all of its code runs, on little data, and it writes no files.
import { take } from '@convoy/datasets';
import { oneOf, positiveInteger } from '@convoy/tensor';
import type { FitOptions } from './fit-options.ts';

/**
 * The options, or with `fastDevRun` those of one short epoch.
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export function withFastDevRun(options: FitOptions, batchSize: number): FitOptions {
  const batches = batchesOf(options);
  if (batches === undefined) return options;
  const { validation, callbacks = [], overfitBatches = batches, resume: _, ...rest } = options;
  return {
    ...rest,
    epochs: 1,
    overfitBatches: Math.min(batches, overfitBatches),
    ...(validation && { validation: take(validation, Math.min(validation.length, batches * batchSize)) }),
    callbacks: callbacks.filter((callback) => !callback.skipsFastDevRun),
  };
}

function batchesOf({ fastDevRun = false }: FitOptions): number | undefined {
  if (typeof fastDevRun === 'number') return positiveInteger('fastDevRun', fastDevRun);
  return oneOf('fastDevRun', fastDevRun, [true, false]) ? 1 : undefined;
}
