// The samples of each class, for data sets with one label per sample.
import { ConvoyError, Permutation } from '@convoy/tensor';
import type { Dataset, Labels } from '../dataset/dataset.ts';

/** Whether each sample has one label. */
export const hasClasses = ({ targets }: Dataset): boolean => targets.kind === 'labels' && targets.shape.length === 0;

/**
 * The labels of samples that have one each.
 * @param purpose what needs them, such as 'balance'
 * @throws ConvoyError CONVOY_INVALID_DATA
 */
export function classesOf(dataset: Dataset, purpose: string): Labels {
  if (hasClasses(dataset)) return dataset.targets as Labels;
  const { kind } = dataset.targets;
  throw new ConvoyError('CONVOY_INVALID_DATA', {
    given: `a data set with ${kind === 'labels' ? 'a label for each pixel' : 'values'} as targets for ${purpose}`,
    expected: 'one label for each sample',
    fix: 'Use a data set with labels of shape [].',
  });
}

/** The numbers of the samples of each class, by label, in ascending order of labels; also of samples that are ignored. */
export function samplesByLabel({ labels }: Labels): ReadonlyMap<number, readonly number[]> {
  const byLabel = new Map<number, number[]>();
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] as number;
    const samples = byLabel.get(label);
    if (samples === undefined) byLabel.set(label, [i]);
    else samples.push(i);
  }
  return new Map([...byLabel].sort(([a], [b]) => a - b));
}

/** The entries in a random order, which depends on the seed, the purpose and the label. */
export function shuffled(entries: readonly number[], seed: number, purpose: string, label = 0): number[] {
  // Labels may be negative, epochs of a permutation may not.
  const order = new Permutation(seed, purpose, label >>> 0, entries.length);
  return entries.map((_, position) => entries[order.at(position)] as number);
}
