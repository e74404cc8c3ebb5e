// The part of a data set that is trained on.
import { type Dataset, take } from '@convoy/datasets';

/**
 * The first batches of the data.
 * @param batches default: all
 * @param batchSize samples of a step
 */
export const trainingPart = (data: Dataset, batches: number | undefined, batchSize: number): Dataset =>
  batches === undefined ? data : take(data, Math.min(data.length, batches * batchSize));
