// Data sets whose samples tell their numbers.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createDataset, type Dataset, load, type StoredDataset } from '../../src/index.ts';

/** Samples [1, 1, 2] of bytes: sample i is [i, i + 100]. */
export const numbered = (labels: readonly number[], classes = 3, ignoreLabel?: number): StoredDataset =>
  createDataset({
    sampleShape: [1, 1, 2],
    inputs: Uint8Array.from(labels.flatMap((_, i) => [i, i + 100])),
    targets: {
      ...{ kind: 'labels', labels, classes, classNames: Array.from({ length: classes }, (_, c) => `class ${c}`) },
      ...(ignoreLabel !== undefined && { ignoreLabel }),
    },
  });

/** The same data set, which a module reads. */
export function numberedRead(directory: string, labels: readonly number[], classes = 3): Dataset {
  const file = join(directory, 'reader.mjs');
  writeFileSync(
    file,
    `export const openReader = ({ first }) => ({ async read(row, into) { into.set([first + row, first + row + 100]); } });`,
  );
  const source = { kind: 'read', element: 'uint8', module: pathToFileURL(file).href, options: { first: 0 } } as const;
  return { ...numbered(labels, classes), source };
}

/** The numbers of the samples of a data set, as its samples tell them. */
export async function numbersOf(dataset: Dataset): Promise<number[]> {
  const { source, length } = await load(dataset);
  return Array.from({ length }, (_, i) => source.samples[2 * (source.rows?.[i] ?? i)] as number);
}

export const labelsOf = ({ targets }: Dataset): number[] => (targets.kind === 'labels' ? [...targets.labels] : []);
