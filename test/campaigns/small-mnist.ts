// Writes the first samples of MNIST to their own files, for processes that start many times and should not read 55 MB each time.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mnist, type StoredDataset, take } from '@convoy/datasets';
import { idxBytes } from '../../packages/datasets/test/readers/idx-bytes.ts';

/** Writes the four files that `mnist` reads. */
export async function writeSmallMnist(directory: string, samples: { train: number; test: number }): Promise<void> {
  const { train, test } = await mnist();
  await writePart(directory, 'train', take(train, samples.train));
  await writePart(directory, 't10k', take(test, samples.test));
}

async function writePart(directory: string, part: string, { length, source, targets }: StoredDataset): Promise<void> {
  const labels = targets.kind === 'labels' ? targets.labels : [];
  const images = idxBytes('uint8', [length, 28, 28], Uint8Array.from(source.samples));
  await writeFile(join(directory, `${part}-images-idx3-ubyte`), images);
  await writeFile(join(directory, `${part}-labels-idx1-ubyte`), idxBytes('uint8', [length], Uint8Array.from(labels)));
}
