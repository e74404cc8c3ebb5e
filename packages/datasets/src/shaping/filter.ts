// Keeps the samples of a data set that satisfy a condition.
import { ConvoyError, sizeOf } from '@convoy/tensor';
import { functionOf } from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';
import type { Dataset } from '../dataset/dataset.ts';
import { checkDataset } from '../dataset/dataset-checks.ts';
import { hasClasses } from './classes.ts';
import { select } from './select.ts';

/** What a function knows of a sample. */
export interface SampleInfo {
  /** The number of the sample in its data set, from 0. */
  readonly index: number;
  /** The class of the sample; undefined unless each sample has one label. */
  readonly label: number | undefined;
  /** The numbers of the target: labels or values. Do not change them. */
  readonly target: ArrayLike<number>;
}

/**
 * The samples for which `keeps` returns true, at least one. It is called for one sample after the other. Classes keep
 * their numbers. Samples are not copied, and not read: select by what is known of them.
 *
 * ```ts
 * const digits0to4 = filter(dataset, ({ label }) => label !== undefined && label < 5);
 * ```
 * @throws ConvoyError CONVOY_DATASET_TOO_SMALL if no sample is left; CONVOY_INVALID_OPTION unless `keeps` returns true
 * or false; CONVOY_INVALID_DATA; what `keeps` throws
 */
export function filter<D extends Dataset>(dataset: D, keeps: (sample: SampleInfo) => boolean): D {
  checkDataset('the data set', dataset);
  functionOf()('keeps', keeps);
  const infoOf = infosOf(dataset);
  const kept: number[] = [];
  for (let index = 0; index < dataset.length; index++) {
    const keep: unknown = keeps(infoOf(index));
    if (typeof keep !== 'boolean') throw notBoolean(keep, index);
    if (keep) kept.push(index);
  }
  if (kept.length > 0) return select(dataset, kept);
  throw new ConvoyError('CONVOY_DATASET_TOO_SMALL', {
    given: `a condition that none of ${dataset.length} samples satisfies`,
    expected: 'at least one sample that is left',
    fix: 'Correct the condition.',
  });
}

/** What is known of each sample. */
export function infosOf(dataset: Dataset): (index: number) => SampleInfo {
  const { targets } = dataset;
  const numbers = targets.kind === 'labels' ? targets.labels : targets.values;
  const size = sizeOf(targets.shape);
  const isLabel = hasClasses(dataset);
  return (index) => ({
    index,
    label: isLabel ? numbers[index] : undefined,
    target: numbers.subarray(index * size, (index + 1) * size),
  });
}

const notBoolean = (value: unknown, index: number) =>
  new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${describeValue(value)}, which keeps returned for sample ${index}`,
    expected: 'true or false',
    fix: 'Return true for samples to keep. The function cannot be async.',
  });
