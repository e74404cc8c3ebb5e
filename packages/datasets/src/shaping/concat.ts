// Data sets one after the other.
import { ConvoyError, formatShape, sizeOf } from '@convoy/tensor';
import { isFloat32Array, isUint8Array } from '@convoy/tensor/builtins';
import { describeValue } from '@convoy/tensor/errors';
import type { Dataset, Labels, ReadSource, Source, StoredSource } from '../dataset/dataset.ts';
import { checkDataset } from '../dataset/dataset-checks.ts';
import { allocateShared } from '../dataset/shared-array.ts';
import { elementOf } from '../dataset/source.ts';
import { copyRows } from './select.ts';

/**
 * The samples of all data sets, one data set after the other. Shapes, classes and their names, and normalizations have
 * to agree. Samples in memory are copied, unless all data sets are parts of one; samples that are read are read
 * from the same place as before, which has to be one for all.
 *
 * ```ts
 * const all = concat([train, validation]);
 * ```
 * @throws ConvoyError CONVOY_INVALID_DATA, naming the first difference; CONVOY_DATASET_TOO_SMALL without data sets;
 * CONVOY_OUT_OF_MEMORY
 */
export function concat<D extends Dataset>(datasets: readonly D[]): D {
  if (!Array.isArray(datasets)) throw notAList(datasets);
  const checked = datasets.map((dataset, i) => checkDataset(`datasets[${i}]`, dataset) as D);
  const [first, ...others] = checked;
  if (first === undefined) throw nothing();
  for (const [i, other] of others.entries()) {
    const difference = differenceOf(first, other);
    if (difference) throw different(i + 1, difference);
  }
  return {
    ...first,
    length: checked.reduce((sum, { length }) => sum + length, 0),
    source: concatSources(checked),
    targets: concatTargets(checked.map(({ targets }) => targets)),
  };
}

/** What two data sets do not have in common, with its two values. */
function differenceOf(a: Dataset, b: Dataset): readonly [name: string, a: string, b: string] | undefined {
  const [featuresOfA, featuresOfB] = [featuresOf(a), featuresOf(b)];
  const name = Object.keys(featuresOfA).find((key) => featuresOfA[key] !== featuresOfB[key]);
  return name === undefined ? undefined : [name, featuresOfA[name] as string, featuresOfB[name] as string];
}

/** What data sets must have in common, as texts. */
function featuresOf({ sampleShape, source, targets, normalization }: Dataset): Readonly<Record<string, string>> {
  const { classes, classNames, ignoreLabel } = targets as Partial<Labels>;
  return {
    'samples of shape': formatShape(sampleShape),
    'samples that are': source.kind === 'read' ? 'read' : 'in memory',
    'samples of': elementOf(source),
    'targets of kind': targets.kind,
    'targets of shape': formatShape(targets.shape),
    classes: String(classes),
    'class names': JSON.stringify(classNames) ?? 'none',
    ignoreLabel: String(ignoreLabel),
    normalization: `scale ${normalization.scale} and offset ${normalization.offset}`,
  };
}

function concatSources(datasets: readonly Dataset[]): Source {
  const [first] = datasets.map(({ source }) => source) as [Source];
  const areParts = datasets.every(({ source }) => isSamePlace(source, first));
  if (areParts) return { ...first, rows: concatRows(datasets) };
  if (first.kind === 'stored') return { kind: 'stored', samples: concatSamples(datasets) };
  throw new ConvoyError('CONVOY_INVALID_DATA', {
    given: 'data sets whose samples are read from different places',
    expected: 'parts of one data set, or samples in memory',
    fix: 'Load them first: concat(await Promise.all(datasets.map(load))).',
  });
}

/** Whether the rows of two sources are those of one place. */
function isSamePlace(a: Source, b: Source): boolean {
  if (a.kind === 'stored' && b.kind === 'stored') {
    const [x, y] = [a.samples, b.samples];
    return x.buffer === y.buffer && x.byteOffset === y.byteOffset && x.length === y.length;
  }
  const [x, y] = [a as ReadSource, b as ReadSource];
  return x.module === y.module && x.options === y.options;
}

function concatRows(datasets: readonly Dataset[]): Int32Array<SharedArrayBuffer> {
  const length = datasets.reduce((sum, dataset) => sum + dataset.length, 0);
  const all = new Int32Array(allocateShared(4 * length));
  let next = 0;
  for (const { length: count, source } of datasets) {
    for (let i = 0; i < count; i++) all[next++] = source.rows === undefined ? i : (source.rows[i] as number);
  }
  return all;
}

function concatSamples(datasets: readonly Dataset[]): StoredSource['samples'] {
  const sources = datasets.map(({ source }) => source as StoredSource);
  const size = sizeOf((datasets[0] as Dataset).sampleShape);
  const count = size * datasets.reduce((sum, { length }) => sum + length, 0);
  const areBytes = sources.every(({ samples }) => isUint8Array(samples));
  const all = areBytes ? new Uint8Array(allocateShared(count)) : new Float32Array(allocateShared(4 * count));
  let next = 0;
  for (const { samples, rows } of sources) {
    if (rows === undefined) all.set(samples, next);
    else copyRows(samples, all.subarray(next), rows, size);
    next += rows === undefined ? samples.length : rows.length * size;
  }
  return all;
}

function concatTargets(all: readonly Dataset['targets'][]): Dataset['targets'] {
  const [first] = all as [Dataset['targets']];
  const parts = all.map((targets) => (targets.kind === 'labels' ? targets.labels : targets.values));
  const count = parts.reduce((sum, { length }) => sum + length, 0);
  const areBytes = parts.every(isUint8Array);
  const buffer = allocateShared((areBytes ? 1 : 4) * count);
  const numbers = areBytes
    ? new Uint8Array(buffer)
    : parts.every(isFloat32Array)
      ? new Float32Array(buffer)
      : new Int32Array(buffer);
  let next = 0;
  for (const part of parts) {
    numbers.set(part, next);
    next += part.length;
  }
  return first.kind === 'labels'
    ? { ...first, labels: numbers as Labels['labels'] }
    : { ...first, values: numbers as Float32Array<SharedArrayBuffer> };
}

const notAList = (value: unknown) =>
  new ConvoyError('CONVOY_INVALID_DATA', {
    given: `${describeValue(value)} as datasets`,
    expected: 'a list of data sets',
    fix: 'Pass them in an array: concat([a, b]).',
  });

const nothing = () =>
  new ConvoyError('CONVOY_DATASET_TOO_SMALL', {
    given: 'no data sets',
    expected: 'at least one',
    fix: 'Pass the data sets in an array.',
  });

const different = (index: number, [name, a, b]: readonly [string, string, string]) =>
  new ConvoyError('CONVOY_INVALID_DATA', {
    given: `${name} ${b} in datasets[${index}]`,
    expected: `${a}, as in datasets[0]`,
    fix:
      name === 'normalization'
        ? 'Give them the same one with withNormalization, or concat first and normalize then.'
        : 'Read the data sets with the same options.',
  });
