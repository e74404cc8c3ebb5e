// Parts of a data set that share its memory. Each is a run of neighbouring samples; random order is the trainer's
// business.
import { ConvoyError, nonNegativeInteger, positiveInteger, sizeOf } from '@convoy/tensor';
import type { Dataset } from './dataset.ts';

/**
 * The first `count` samples; shares memory.
 * @throws ConvoyError CONVOY_DATASET_TOO_SMALL, CONVOY_INVALID_OPTION
 */
export function take(dataset: Dataset, count: number): Dataset {
  return subset(dataset, 0, positiveInteger('count', count));
}

/**
 * The first `count` samples and all others; shares memory. Both parts have at least one sample.
 * @throws ConvoyError CONVOY_DATASET_TOO_SMALL, CONVOY_INVALID_OPTION
 */
export function split(dataset: Dataset, count: number): [first: Dataset, rest: Dataset] {
  return [take(dataset, count), subset(dataset, count)];
}

/**
 * The samples `start` to `end - 1`, at least one; shares memory.
 * @throws ConvoyError CONVOY_DATASET_TOO_SMALL, CONVOY_INVALID_OPTION
 */
export function subset(dataset: Dataset, start: number, end = dataset.length): Dataset {
  nonNegativeInteger('start', start);
  nonNegativeInteger('end', end);
  if (start >= end || end > dataset.length) {
    throw new ConvoyError('CONVOY_DATASET_TOO_SMALL', {
      given: `the samples from ${start} up to ${end} of a data set of ${dataset.length}`,
      expected: `one sample or more, from 0 up to ${dataset.length}`,
      fix: 'Ask for fewer samples, or use a larger data set.',
    });
  }
  const sampleSize = sizeOf(dataset.sampleShape);
  return {
    ...dataset,
    length: end - start,
    inputs: dataset.inputs.subarray(start * sampleSize, end * sampleSize),
    targets: targetsOf(dataset.targets, start, end),
  };
}

function targetsOf(targets: Dataset['targets'], start: number, end: number): Dataset['targets'] {
  const size = sizeOf(targets.shape);
  const [first, last] = [start * size, end * size];
  if (targets.kind === 'labels') return { ...targets, labels: targets.labels.subarray(first, last) };
  return { ...targets, values: targets.values.subarray(first, last) };
}
