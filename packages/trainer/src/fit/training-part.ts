// The part of a data set that is trained on.
import { type Dataset, take } from '@convoy/datasets';
import { ConvoyError, positiveInteger } from '@convoy/tensor';
import type { FitOptions } from './fit-options.ts';

/**
 * @param batchSize samples of a step
 * @throws ConvoyError CONVOY_DATASET_TOO_SMALL if the data has fewer samples than one step; CONVOY_INVALID_OPTION
 */
export function trainingPart(
  data: Dataset,
  { overfitBatches }: Pick<FitOptions, 'overfitBatches'>,
  batchSize: number,
): Dataset {
  const { length } = data;
  if (length < batchSize) {
    throw new ConvoyError('CONVOY_DATASET_TOO_SMALL', {
      given: `training data of ${length} samples with steps of ${batchSize} (batchSize · accumulate)`,
      expected: 'at least one full step',
      fix: `Create the trainer with a batchSize · accumulate of at most ${length}, or use more data.`,
    });
  }
  if (overfitBatches === undefined) return data;
  return take(data, Math.min(length, positiveInteger('overfitBatches', overfitBatches) * batchSize));
}
