// Another normalization for the same samples.
import { isObject } from '@convoy/tensor/builtins';
import type { Dataset, DatasetSplits } from '../dataset/dataset.ts';
import { checkDataset } from '../dataset/dataset-checks.ts';
import {
  type MeanAndStd,
  type NormalizationChoice,
  normalizationChoice,
  normalizationOf,
} from '../dataset/normalization.ts';
import { elementOf } from '../dataset/source.ts';
import { statistics } from './statistics.ts';

/**
 * The data set with another normalization, or all parts of one. What is `'computed'` is computed from the data set, and
 * for parts from `train`, so that all parts are normalized alike. Samples are not changed.
 *
 * ```ts
 * const { train, test } = await withNormalization(await mnist(), 'computed');
 * const other = await withNormalization(dataset, train.normalization);
 * ```
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_INVALID_DATA, and the errors of the reader
 */
export async function withNormalization<D extends Dataset | DatasetSplits>(
  data: D,
  normalization: NormalizationChoice,
): Promise<D> {
  const choice = normalizationChoice('normalization', normalization);
  if (!isSplits(data)) return normalized(data as Dataset, choice, data as Dataset) as Promise<D>;
  const parts = Object.entries(data).map(async ([name, part]) => [
    name,
    isObject(part) && 'source' in part ? await normalized(part as Dataset, choice, data.train) : part,
  ]);
  return Object.fromEntries(await Promise.all(parts));
}

const isSplits = (data: unknown): data is DatasetSplits => isObject(data) && 'train' in data && !('source' in data);

/** @param from the data set whose mean and standard deviation count */
async function normalized(dataset: Dataset, choice: NormalizationChoice, from: Dataset): Promise<Dataset> {
  const { sampleShape, source } = checkDataset('the data set', dataset);
  const computed = choice === 'computed' ? await statistics(from) : undefined;
  const form = { sampleShape, element: elementOf(source) };
  return { ...dataset, normalization: normalizationOf(choice, form, () => computed as MeanAndStd) };
}
