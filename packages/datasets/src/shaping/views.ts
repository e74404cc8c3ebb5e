// Parts of a data set that share its memory. Each part consists of consecutive samples. The trainer shuffles them.
import { ConvoyError, nonNegativeInteger, positiveInteger, sizeOf } from '@convoy/tensor';
import type { Dataset, Source } from '../dataset/dataset.ts';
import { checkDataset } from '../dataset/dataset-checks.ts';
import { shared } from '../dataset/shared-array.ts';

/**
 * The first `count` samples. The result shares memory with the data set.
 * @throws ConvoyError CONVOY_DATASET_TOO_SMALL, CONVOY_INVALID_OPTION, CONVOY_INVALID_DATA
 */
export function take<D extends Dataset>(dataset: D, count: number): D {
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
export function split<D extends Dataset>(dataset: D, count: number): [first: D, rest: D] {
  return [take(dataset, count), subset(dataset, count)];
}

/**
 * The samples `start` to `end − 1`, at least one. The result shares memory with the data set.
 * @param end default: all samples from `start`
 * @throws ConvoyError CONVOY_DATASET_TOO_SMALL, CONVOY_INVALID_OPTION, CONVOY_INVALID_DATA
 */
export function subset<D extends Dataset>(dataset: D, start: number, end?: number): D {
  const { length, sampleShape, source, targets } = checkDataset('the data set', dataset);
  const last = end === undefined ? length : nonNegativeInteger('end', end);
  if (nonNegativeInteger('start', start) >= last || last > length) {
    throw new ConvoyError('CONVOY_DATASET_TOO_SMALL', {
      given: `the samples from ${start} up to ${last} of a data set of ${length}`,
      expected: `at least one sample, from 0 up to ${length}`,
      fix: 'Request fewer samples, or use a larger data set.',
    });
  }
  return {
    ...dataset,
    length: last - start,
    source: sourceOf(source, start, last, sizeOf(sampleShape)),
    targets: targetsOf(targets, start, last),
  };
}

function sourceOf(source: Source, start: number, end: number, sampleSize: number): Source {
  if (source.rows) return { ...source, rows: source.rows.subarray(start, end) };
  if (source.kind === 'read')
    return { ...source, rows: shared<Int32Array<SharedArrayBuffer>>(rangeOf(start, end), Int32Array) };
  return { ...source, samples: source.samples.subarray(start * sampleSize, end * sampleSize) };
}

const rangeOf = (start: number, end: number) => Int32Array.from({ length: end - start }, (_, i) => start + i);

function targetsOf(targets: Dataset['targets'], start: number, end: number): Dataset['targets'] {
  const size = sizeOf(targets.shape);
  const [first, last] = [start * size, end * size];
  if (targets.kind === 'labels') return { ...targets, labels: targets.labels.subarray(first, last) };
  return { ...targets, values: targets.values.subarray(first, last) };
}
