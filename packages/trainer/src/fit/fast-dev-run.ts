// A fit that is only tried out: all of its code runs, on little data, and nothing is left behind.
import { take } from '@convoy/datasets';
import { oneOf, positiveInteger } from '@convoy/tensor';
import type { FitOptions } from './callback.ts';

/**
 * The options as they are, or those of one short epoch with `fastDevRun`.
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
