// Parts of a data set that share its memory. Each part consists of consecutive samples. The trainer shuffles them.
import { ConvoyError, nonNegativeInteger, positiveInteger, sizeOf } from '@convoy/tensor';
import type { Dataset } from './dataset.ts';
import { checkDataset } from './dataset-checks.ts';

/**
 * The first `count` samples. The result shares memory with the data set.
 * @throws ConvoyError CONVOY_DATASET_TOO_SMALL, CONVOY_INVALID_OPTION, CONVOY_INVALID_DATA
 */
export function take(dataset: Dataset, count: number): Dataset {
  return subset(dataset, 0, positiveInteger('count', count));
}

/**
 * The first `count` samples, and all others. Both parts have at least one sample and share memory with the data set.
 *
 * ```ts
 * const [validation, train] = split(dataset, 5_000);
 * ```
 * @throws ConvoyError CONVOY_DATASET_TOO_SMALL, CONVOY_INVALID_OPTION, CONVOY_INVALID_DATA
 */
export function split(dataset: Dataset, count: number): [first: Dataset, rest: Dataset] {
  return [take(dataset, count), subset(dataset, count)];
}

/**
 * The samples `start` to `end − 1`, at least one. The result shares memory with the data set.
 * @param end default: all samples from `start`
 * @throws ConvoyError CONVOY_DATASET_TOO_SMALL, CONVOY_INVALID_OPTION, CONVOY_INVALID_DATA
 */
export function subset(dataset: Dataset, start: number, end?: number): Dataset {
  const { length, sampleShape, inputs, targets } = checkDataset('the data set', dataset);
  const last = end === undefined ? length : nonNegativeInteger('end', end);
  if (nonNegativeInteger('start', start) >= last || last > length) {
    throw new ConvoyError('CONVOY_DATASET_TOO_SMALL', {
      given: `the samples from ${start} up to ${last} of a data set of ${length}`,
      expected: `at least one sample, from 0 up to ${length}`,
      fix: 'Request fewer samples, or use a larger data set.',
    });
  }
  const sampleSize = sizeOf(sampleShape);
  return {
    ...dataset,
    length: last - start,
    inputs: inputs.subarray(start * sampleSize, last * sampleSize),
    targets: targetsOf(targets, start, last),
  };
}

function targetsOf(targets: Dataset['targets'], start: number, end: number): Dataset['targets'] {
  const size = sizeOf(targets.shape);
  const [first, last] = [start * size, end * size];
  if (targets.kind === 'labels') return { ...targets, labels: targets.labels.subarray(first, last) };
  return { ...targets, values: targets.values.subarray(first, last) };
}
