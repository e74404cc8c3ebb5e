// Equal numbers of samples per class.
import { checkOptions, checkSeed, optional } from '@convoy/tensor/checks';
import type { Dataset } from '../dataset/dataset.ts';
import { checkDataset } from '../dataset/dataset-checks.ts';
import { classesOf, samplesByLabel, shuffled } from './classes.ts';
import { select } from './select.ts';

/** Options of `balance`. */
export interface BalanceOptions {
  /** Selects the samples that occur once more than others of their class. Default 0. */
  readonly seed?: number;
}

/**
 * A data set in which every class that has samples has as many as the largest one: samples of smaller classes occur
 * several times, each about equally often (oversampling). Classes alternate. Samples with the ignored label are left
 * out. Samples are not copied. Balance only the part that is trained on.
 *
 * ```ts
 * const { train, validation } = split(dataset, { fractions: { train: 0.9, validation: 0.1 } });
 * const balanced = balance(train);
 * ```
 * @throws ConvoyError CONVOY_INVALID_DATA unless each sample has one label; CONVOY_INVALID_OPTION
 */
export function balance<D extends Dataset>(dataset: D, options?: BalanceOptions): D {
  checkDataset('the data set', dataset);
  const { seed } = checkOptions('balance', options, { seed: optional(checkSeed, 0) });
  const labels = classesOf(dataset, 'balance');
  const classes = [...samplesByLabel(labels)]
    .filter(([label]) => label !== labels.ignoreLabel)
    .map(([label, samples]) => shuffled(samples, seed, 'balance', label));
  // A data set of ignored samples has nothing to balance.
  if (classes.length === 0) return dataset;
  const count = Math.max(...classes.map((samples) => samples.length));
  const indices = Array.from({ length: count }, (_, i) =>
    classes.map((samples) => samples[i % samples.length] as number),
  );
  return select(dataset, indices.flat());
}
