// Data sets of NumPy's .npz files: zip files with one .npy file for each array.
import { ConvoyError } from '@convoy/tensor';
import { checkOptions, optional, text } from '@convoy/tensor/checks';
import type { StoredDataset, StoredSplits } from '../dataset/dataset.ts';
import {
  type ArrayNames,
  type ArrayOptions,
  arrayChecks,
  classesIn,
  datasetOf,
  nameChecks,
  type OpenArray,
  type StoredArrays,
  storeArrays,
} from './array-dataset.ts';
import { type OpenedFile, withFile } from './file-bytes.ts';
import { openNpy } from './npy-header.ts';
import { checkTargets } from './target-checks.ts';
import { readZipDirectory, type ZipEntry } from './zip-directory.ts';
import { readZipEntry } from './zip-entry.ts';

/** Options of `npz`: the names of the arrays of each split, and what the arrays do not say themselves. */
export interface NpzOptions extends ArrayOptions {
  /** Default: `{ inputs: 'x_train', labels: 'y_train' }`, the names in the files of Keras. */
  readonly train?: ArrayNames;
  /** Default: `{ inputs: 'x_test', labels: 'y_test' }` if the file has these arrays and no names are given. */
  readonly test?: ArrayNames;
  readonly validation?: ArrayNames;
}

const SPLITS = ['train', 'test', 'validation'] as const;

type Split = (typeof SPLITS)[number];
type CheckedNames = ReturnType<typeof names>;

const KERAS = { train: ['x_train', 'y_train'], test: ['x_test', 'y_test'], validation: ['x_val', 'y_val'] } as const;

/**
 * Reads the splits of a data set from the arrays of a .npz file, which may be compressed. Arrays are read as `npy` reads
 * them. The splits have the same classes.
 *
 * ```ts
 * const { train, test } = await npz('cifar10.npz', { layout: 'NHWC' }); // x_train, y_train, x_test, y_test
 * const medical = await npz('bloodmnist.npz', {
 *   train: { inputs: 'train_images', labels: 'train_labels' },
 *   validation: { inputs: 'val_images', labels: 'val_labels' },
 *   layout: 'NHWC',
 * });
 * ```
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE, CONVOY_FILE_FORMAT,
 * CONVOY_OUT_OF_MEMORY
 * @throws ConvoyError CONVOY_UNKNOWN_NAME for an array that the file does not have
 * @throws ConvoyError CONVOY_INVALID_LABEL, CONVOY_INVALID_DATA and CONVOY_NOT_FINITE for numbers in the arrays
 */
export async function npz(path: string, options?: NpzOptions): Promise<StoredSplits> {
  text('path', path);
  const { layout, classNames, classes, ...given } = checkOptions('npz', options, {
    ...arrayChecks,
    train: optional(names),
    test: optional(names),
    validation: optional(names),
  });
  const chosen = SPLITS.flatMap((split) => (given[split] ? [[split, given[split]] as const] : []));
  if (chosen.length > 0 && chosen[0]?.[0] !== 'train') throw noTraining(chosen[0]?.[0] as Split);
  for (const [split, arrays] of chosen) checkTargets(split, { ...arrays, classes, classNames });
  return withFile(path, async (file) => {
    const entries = await readZipDirectory(file);
    const stored: (readonly [Split, StoredArrays])[] = [];
    for (const [split, arrays] of chosen.length > 0 ? chosen : kerasNames(file, entries)) {
      stored.push([split, await storeArrays(openEntry(file, entries), arrays, layout)]);
    }
    const count = classes ?? classNames?.length ?? Math.max(...stored.map(([, arrays]) => classesIn(arrays)));
    const splits = stored.map(([split, arrays]) => [split, datasetOf(arrays, { classNames, classes: count })]);
    return Object.fromEntries(splits) as Record<Split, StoredDataset>;
  });
}

const names = (name: string, value: unknown) => checkOptions(name, value as ArrayNames, nameChecks);

const noTraining = (split: Split) =>
  new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `the names of the arrays of ${split}, but not of train`,
    expected: 'names for train, and for the other splits if there are any',
    fix: `Pass the names of train too, or pass those of ${split} as train.`,
  });

/** The splits in the file under the names of Keras. There is always a split for training. */
function kerasNames({ path }: OpenedFile, entries: ReadonlyMap<string, ZipEntry>): (readonly [Split, CheckedNames])[] {
  const found = SPLITS.filter((split) => entries.has(`${KERAS[split][0]}.npy`));
  if (found[0] !== 'train') throw unknownArray(path, KERAS.train[0], entries);
  return found.map((split) => {
    const [inputs, labels] = KERAS[split];
    return [split, { inputs, labels, values: undefined }];
  });
}

const openEntry =
  (file: OpenedFile, entries: ReadonlyMap<string, ZipEntry>): OpenArray =>
  (name, read) => {
    const entry = entries.get(`${name}.npy`);
    if (entry === undefined) throw unknownArray(file.path, name, entries);
    return readZipEntry(file, entry, async (source) => read(await openNpy(source)));
  };

function unknownArray(path: string, name: string, entries: ReadonlyMap<string, ZipEntry>): ConvoyError {
  const arrays = [...entries.keys()].filter((entry) => entry.endsWith('.npy')).map((entry) => entry.slice(0, -4));
  const shown = arrays.slice(0, 20).map((array) => JSON.stringify(array.slice(0, 40)));
  return new ConvoyError('CONVOY_UNKNOWN_NAME', {
    given: `the array ${JSON.stringify(name)}, which ${JSON.stringify(path)} does not have`,
    expected: shown.length === 0 ? 'a file with arrays' : `one of its ${arrays.length} arrays: ${shown.join(', ')}`,
    fix: "Name the arrays: npz(path, { train: { inputs: 'images', labels: 'labels' } }).",
  });
}
