// Divides a data set at random.
import { ConvoyError, RandomStream } from '@convoy/tensor';
import { isObject } from '@convoy/tensor/builtins';
import {
  checkOptions,
  checkSeed,
  flag,
  numberIn,
  type OptionCheck,
  optional,
  positiveInteger,
} from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';
import type { Dataset } from '../dataset/dataset.ts';
import { checkDataset } from '../dataset/dataset-checks.ts';
import { classesOf, hasClasses, samplesByLabel, shuffled } from './classes.ts';
import { select } from './select.ts';

/** One number for each part: in a list, or by name. */
export type PartSizes = readonly number[] | Readonly<Record<string, number>>;

/** Options of `split`: either `fractions` or `counts`. */
export interface SplitOptions<Sizes extends PartSizes = PartSizes> {
  /** The part of all samples that each part gets, above 0; together at most 1. What is left is in no part. */
  readonly fractions?: Sizes;
  /** The number of samples of each part, 1 or more; together at most all. What is left is in no part. */
  readonly counts?: Sizes;
  /** Another seed gives other parts. Default 0. */
  readonly seed?: number;
  /**
   * Whether each part has the classes in the proportions of the whole, as nearly as whole samples allow. Default: true
   * where each sample has one label.
   */
  readonly stratified?: boolean;
}

/** A data set for each size, in a list or by name. */
export type Parts<D, Sizes extends PartSizes> = { -readonly [Part in keyof Sizes]: D };

/**
 * Divides a data set at random into parts without common samples, each with at least one. Parts have names if their
 * sizes have. They depend only on the targets, the sizes and the seed. Samples are not copied.
 *
 * ```ts
 * const { train, validation } = split(dataset, { fractions: { train: 0.9, validation: 0.1 }, seed: 1 });
 * const [some, others] = split(dataset, { counts: [1_000, 5_000] });
 * ```
 * `take` and `subset` give consecutive samples.
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_INVALID_DATA, CONVOY_DATASET_TOO_SMALL
 */
export function split<D extends Dataset, const Sizes extends PartSizes>(
  dataset: D,
  options: SplitOptions<Sizes>,
): Parts<D, Sizes> {
  const { length } = checkDataset('the data set', dataset);
  const { fractions, counts, seed, stratified } = checkOptions<SplitOptions, typeof CHECKS>('split', options, CHECKS);
  const sizes = fractions ?? counts;
  if (sizes === undefined || (fractions && counts)) throw eitherOne(fractions !== undefined);
  const ends = fractions ? endsOfFractions(fractions, length) : endsOf(Object.values(sizes));
  const order = (stratified ?? hasClasses(dataset)) ? stratifiedOrder(dataset, seed) : randomOrder(length, seed);
  const parts = Object.keys(sizes).map((name, i) => {
    const [start = 0, end = 0] = [i === 0 ? 0 : ends[i - 1], ends[i]];
    if (start >= end || end > length) throw tooSmall(describePart(sizes, name), end - start, length);
    return [name, select(dataset, order.slice(start, end))] as const;
  });
  return (Array.isArray(sizes) ? parts.map(([, part]) => part) : Object.fromEntries(parts)) as Parts<D, Sizes>;
}

/** Sizes in a list or by name, at least one. */
const sizesOf =
  (check: OptionCheck<number>): OptionCheck<PartSizes> =>
  (name, value) => {
    if (!isObject(value) || Object.keys(value).length === 0) {
      throw new ConvoyError('CONVOY_INVALID_OPTION', {
        given: `${name}: ${describeValue(value)}`,
        expected: 'a list of numbers, or numbers by name',
        fix: `Pass for example ${name}: { train: …, validation: … }.`,
      });
    }
    // `Array.from` also visits holes.
    if (Array.isArray(value)) return Array.from(value, (size, i) => check(`${name}[${i}]`, size));
    return Object.fromEntries(Object.entries(value).map(([part, size]) => [part, check(`${name}.${part}`, size)]));
  };

const CHECKS = {
  fractions: optional(sizesOf(numberIn({ above: 0, atMost: 1 }))),
  counts: optional(sizesOf(positiveInteger)),
  seed: optional(checkSeed, 0),
  stratified: optional(flag),
};

/** Sums of decimal fractions differ from 1 by so much: 0.7 + 0.2 + 0.1 < 1. */
const ROUNDING = 1e-9;

/** Where each part ends; only the ends are rounded, so that the parts fill the whole. */
function endsOfFractions(fractions: PartSizes, length: number): readonly number[] {
  const ends = endsOf(Object.values(fractions));
  const sum = ends.at(-1) as number;
  if (sum <= 1 + ROUNDING) return ends.map((end) => Math.min(length, Math.round(end * length)));
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `fractions with the sum ${sum}`,
    expected: 'a sum of at most 1',
    fix: 'Lower one of the fractions.',
  });
}

function endsOf(sizes: readonly number[]): readonly number[] {
  let end = 0;
  return sizes.map((size) => (end += size));
}

function randomOrder(length: number, seed: number): readonly number[] {
  const all = Array.from({ length }, (_, i) => i);
  return shuffled(all, seed, 'split');
}

/**
 * An order in which each class is spread evenly, so every range has its share of it: sample k of the n samples of a
 * class lies at (k + u) / n, where 0 ≤ u < 1 is random for each class (systematic sampling).
 */
function stratifiedOrder(dataset: Dataset, seed: number): readonly number[] {
  const offsets = new RandomStream(seed, 'split offsets');
  const placed = [...samplesByLabel(classesOf(dataset, 'stratified'))].flatMap(([label, samples]) => {
    const offset = offsets.uniform(label >>> 0);
    return shuffled(samples, seed, 'split', label).map((sample, k) => ({
      sample,
      place: (k + offset) / samples.length,
    }));
  });
  return placed.sort((a, b) => a.place - b.place || a.sample - b.sample).map(({ sample }) => sample);
}

const describePart = (sizes: PartSizes, name: string) =>
  Array.isArray(sizes) ? `part ${name}` : `the part ${describeValue(name)}`;

const tooSmall = (part: string, count: number, length: number) =>
  new ConvoyError('CONVOY_DATASET_TOO_SMALL', {
    given: `${part} of ${count} samples of a data set of ${length}`,
    expected: 'at least one sample in each part, and together at most all samples',
    fix: 'Change the sizes of the parts, or use a larger data set.',
  });

const eitherOne = (both: boolean) =>
  new ConvoyError('CONVOY_INVALID_OPTION', {
    given: both ? 'fractions and counts' : 'neither fractions nor counts',
    expected: 'one of them',
    fix: 'Pass for example { fractions: { train: 0.9, validation: 0.1 } }.',
  });
