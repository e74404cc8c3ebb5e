// Small data sets in the files of MNIST.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset, StoredDataset } from '../../src/dataset/dataset.ts';
import { temporaryDirectory } from '../temporary-directory.ts';
import { idxBytes } from './idx-bytes.ts';

/** Two samples of 1×3 for training and one for tests. */
export const tiny = {
  'train-images-idx3-ubyte': idxBytes('uint8', [2, 1, 3], [1, 2, 3, 4, 5, 6]),
  'train-labels-idx1-ubyte': idxBytes('uint8', [2], [9, 0]),
  't10k-images-idx3-ubyte': idxBytes('uint8', [1, 1, 3], [7, 8, 9]),
  't10k-labels-idx1-ubyte': idxBytes('uint8', [1], [5]),
};

/** Creates directories with the given files. They are removed after the tests. */
export function directories() {
  const root = temporaryDirectory();
  return {
    root,
    async of(name: string, files: Record<string, Uint8Array>): Promise<string> {
      const directory = join(root, name);
      await mkdir(directory);
      for (const [file, bytes] of Object.entries(files)) await writeFile(join(directory, file), bytes);
      return directory;
    },
  };
}

export const labelsOf = ({ targets }: Dataset): readonly number[] =>
  targets.kind === 'labels' ? [...targets.labels] : [];

/** Mean and variance of all inputs after normalization. */
export function momentsOf({ source, normalization }: StoredDataset): {
  readonly mean: number;
  readonly variance: number;
} {
  const { scale, offset } = normalization as { scale: readonly [number]; offset: readonly [number] };
  let sum = 0;
  let squares = 0;
  for (const pixel of source.samples) {
    const value = pixel * scale[0] + offset[0];
    sum += value;
    squares += value * value;
  }
  const mean = sum / source.samples.length;
  return { mean, variance: squares / source.samples.length - mean * mean };
}
