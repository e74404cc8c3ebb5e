// Data sets in files: which kind of files a path has, and how they are read.
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { cifar10, cifar100, csv, type DatasetSplits, imageFolder, npz, webDataset } from '@convoy/datasets';
import { ConvoyError, errorCode, fileError } from '@convoy/tensor/errors';
import { type DataFormatName, dataFormatNames } from './data-format-names.ts';
import { isPackedPath, packedSplits } from './packed-splits.ts';

/** What a command line says about data in files. */
export interface FileOptions {
  /** [height, width] of images. */
  readonly imageSize: readonly [height: number, width: number] | undefined;
  readonly channels: 1 | 3 | undefined;
  /** The column of a table that has the labels. */
  readonly labelColumn: string;
  /** Whether files that cannot be read are left out, and listed as `skipped`. */
  readonly skipsBroken: boolean;
}

interface DataFormat {
  readonly about: string;
  /** Whether a path has such files. `names` are those in the directory, or the name of the file. */
  holds(names: readonly string[], isDirectory: boolean): boolean;
  read(path: string, options: FileOptions): Promise<DatasetSplits>;
}

const onlyFile = (end: string) => (names: readonly string[], isDirectory: boolean) =>
  !isDirectory && names.every((name) => name.toLowerCase().endsWith(end));

/** The first one that a path holds is taken; a folder of images may have any names. */
export const dataFormats: Readonly<Record<DataFormatName, DataFormat>> = {
  cifar10: {
    about: 'directory with data_batch_1.bin … data_batch_5.bin and test_batch.bin',
    holds: (names, isDirectory) => isDirectory && names.includes('data_batch_1.bin'),
    read: (path) => cifar10(path),
  },
  cifar100: {
    about: 'directory with train.bin and test.bin',
    holds: (names, isDirectory) => isDirectory && names.includes('fine_label_names.txt') && names.includes('train.bin'),
    read: (path) => cifar100(path),
  },
  npz: {
    about: 'NumPy archive with x_train, y_train, x_test and y_test, channels last',
    holds: onlyFile('.npz'),
    // Keras keeps channels last.
    read: (path) => npz(path, { layout: 'NHWC' }),
  },
  csv: {
    about: 'table with a label column; all other columns are numbers',
    holds: onlyFile('.csv'),
    read: async (path, { labelColumn }) => ({ train: await csv(path, { label: labelColumn }) }),
  },
  packed: {
    about: 'what convoy data pack has written: a .safetensors file, or several',
    holds: (names, isDirectory) => !isDirectory && names.every(isPackedPath),
    read: packedSplits,
  },
  webdataset: {
    about: 'tar file with images and labels (.cls), or a directory of such files',
    holds: (names) => names.length > 0 && names.every((name) => name.endsWith('.tar')),
    read: async (path, { imageSize: size, channels }) => ({
      train: await webDataset(await tarsAt(path), { ...(size && { size }), ...(channels && { channels }) }),
    }),
  },
  'image-folder': {
    about: 'folder/class/image.png, or folder/train/class/image.png and folder/test/class/image.png',
    holds: (_, isDirectory) => isDirectory,
    read: (path, { imageSize: size, channels, skipsBroken }) =>
      imageFolder(path, {
        ...(size && { size }),
        ...(channels && { channels }),
        ...(skipsBroken && { onError: 'skip' }),
      }),
  },
};

/**
 * Reads the data set at a path.
 * @param format default: what the files look like
 * @throws ConvoyError CONVOY_FILE_FORMAT if it is unknown what they are, and the errors of the reader
 */
export async function readDataFiles(
  path: string,
  format: DataFormatName | undefined,
  options: FileOptions,
): Promise<DatasetSplits> {
  return dataFormats[format ?? (await formatOf(path))].read(path, options);
}

/** The file, or the files of a directory in the order of their names. */
async function tarsAt(path: string): Promise<readonly string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  return (await readdir(path)).sort().map((name) => join(path, name));
}

/** Whether there is a file or a directory with this path. @throws ConvoyError CONVOY_FILE_UNREADABLE */
export async function isPath(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT' || errorCode(cause) === 'ENOTDIR') return false;
    throw fileError('read', path, cause);
  }
}

async function formatOf(path: string): Promise<DataFormatName> {
  if (isPackedPath(path)) return 'packed';
  const isDirectory = (await stat(path)).isDirectory();
  const names = isDirectory
    ? await readdir(path).catch((cause) => Promise.reject(fileError('read', path, cause)))
    : [basename(path)];
  const found = dataFormatNames.find((name) => dataFormats[name].holds(names, isDirectory));
  if (found) return found;
  throw new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `the file ${JSON.stringify(path)}`,
    expected: `data in one of the formats ${dataFormatNames.join(', ')}`,
    fix: 'State the format with --data-format, or pass a directory of images.',
  });
}
