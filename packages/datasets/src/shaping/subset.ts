// Parts of a data set: its first samples, a range of samples, or any of them. They share its samples.
import { ConvoyError, nonNegativeInteger, positiveInteger, sizeOf } from '@convoy/tensor';
import { isTypedArray } from '@convoy/tensor/builtins';
import { describeValue } from '@convoy/tensor/errors';
import type { Dataset, Source } from '../dataset/dataset.ts';
import { checkDataset } from '../dataset/dataset-checks.ts';
import { shared } from '../dataset/shared-array.ts';
import { select } from './select.ts';

/**
 * The first `count` samples. The samples are not copied.
 *
 * ```ts
 * const few = take(dataset, 1_000);
 * ```
 * @throws ConvoyError CONVOY_DATASET_TOO_SMALL, CONVOY_INVALID_OPTION, CONVOY_INVALID_DATA
 */
export function take<D extends Dataset>(dataset: D, count: number): D {
  return subset(dataset, 0, positiveInteger('count', count));
}

/**
 * The samples with these numbers, in this order, at least one. A sample may occur several times. The samples are not
 * copied; their targets are.
 * @throws ConvoyError CONVOY_INDEX_OUT_OF_RANGE, naming the first wrong number; CONVOY_DATASET_TOO_SMALL,
 * CONVOY_INVALID_DATA
 */
export function subset<D extends Dataset>(dataset: D, indices: readonly number[] | Int32Array | Uint32Array): D;
/**
 * The samples `start` to `end − 1`, at least one. Neither samples nor targets are copied.
 * @param end default: all samples from `start`
 * @throws ConvoyError CONVOY_DATASET_TOO_SMALL, CONVOY_INVALID_OPTION, CONVOY_INVALID_DATA
 */
export function subset<D extends Dataset>(dataset: D, start: number, end?: number): D;
export function subset<D extends Dataset>(
  dataset: D,
  start: number | readonly number[] | Int32Array | Uint32Array,
  end?: number,
): D {
  const { length, sampleShape, source, targets } = checkDataset('the data set', dataset);
  if (typeof start !== 'number' && (Array.isArray(start) || isTypedArray(start))) {
    return select(dataset, checkedIndices(start as readonly number[], length));
  }
  const first = nonNegativeInteger('start', start);
  const last = end === undefined ? length : nonNegativeInteger('end', end);
  if (first >= last || last > length) {
    throw new ConvoyError('CONVOY_DATASET_TOO_SMALL', {
      given: `the samples from ${first} up to ${last} of a data set of ${length}`,
      expected: `at least one sample, from 0 up to ${length}`,
      fix: 'Request fewer samples, or use a larger data set.',
    });
  }
  return {
    ...dataset,
    length: last - first,
    source: sourceOf(source, first, last, sizeOf(sampleShape)),
    targets: targetsOf(targets, first, last),
  };
}

function checkedIndices(indices: readonly number[], length: number): readonly number[] {
  if (indices.length === 0) {
    throw new ConvoyError('CONVOY_DATASET_TOO_SMALL', {
      given: 'no numbers of samples',
      expected: 'at least one sample',
      fix: 'Pass the numbers of the samples to keep.',
    });
  }
  for (let i = 0; i < indices.length; i++) {
    const index: unknown = indices[i];
    if (typeof index === 'number' && Number.isInteger(index) && index >= 0 && index < length) continue;
    throw new ConvoyError('CONVOY_INDEX_OUT_OF_RANGE', {
      given: `indices[${i}]: ${describeValue(index)} for a data set of ${length}`,
      expected: `whole numbers from 0 to ${length - 1}`,
      fix: 'Correct the number. Samples are counted from 0.',
    });
  }
  return indices;
}

function sourceOf(source: Source, start: number, end: number, sampleSize: number): Source {
  if (source.rows) return { ...source, rows: source.rows.subarray(start, end) };
  if (source.kind === 'read') {
    return { ...source, rows: shared<Int32Array<SharedArrayBuffer>>(rangeOf(start, end), Int32Array) };
  }
  return { ...source, samples: source.samples.subarray(start * sampleSize, end * sampleSize) };
}

const rangeOf = (start: number, end: number) => Int32Array.from({ length: end - start }, (_, i) => start + i);

function targetsOf(targets: Dataset['targets'], start: number, end: number): Dataset['targets'] {
  const size = sizeOf(targets.shape);
  const [first, last] = [start * size, end * size];
  if (targets.kind === 'labels') return { ...targets, labels: targets.labels.subarray(first, last) };
  return { ...targets, values: targets.values.subarray(first, last) };
}
