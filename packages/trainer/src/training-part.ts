// The part of a data set that a fit trains on.
import { type Dataset, take } from '@convoy/datasets';
import { ConvoyError, positiveInteger } from '@convoy/tensor';
import type { FitOptions } from './callbacks.ts';

/** @throws ConvoyError CONVOY_DATASET_TOO_SMALL if that is less than a batch; CONVOY_INVALID_OPTION */
export function trainingPart(
  data: Dataset,
  { overfitBatches }: Pick<FitOptions, 'overfitBatches'>,
  batchSize: number,
): Dataset {
  const { length } = data;
  if (length < batchSize) {
    throw new ConvoyError('CONVOY_DATASET_TOO_SMALL', {
      given: `training data of ${length} samples with batchSize: ${batchSize}`,
      expected: 'at least one full batch',
      mend: `Create the trainer with a batchSize of at most ${length}, or take more data.`,
    });
  }
  if (overfitBatches === undefined) return data;
  return take(data, Math.min(length, positiveInteger('overfitBatches', overfitBatches) * batchSize));
}
