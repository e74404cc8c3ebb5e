// Reads the binary files of CIFAR-10 and CIFAR-100 (A. Krizhevsky, "Learning Multiple Layers of Features from Tiny
// Images", 2009). A record has one or two bytes of labels, and then 32 × 32 bytes of red, of green and of blue.
import { ConvoyError, type Shape, sizeOf } from '@convoy/tensor';
import { createDataset } from '../dataset/create-dataset.ts';
import type { Normalization, StoredDataset, StoredSplits } from '../dataset/dataset.ts';
import { allocateShared } from '../dataset/shared-array.ts';
import { type ByteSource, DOWNLOAD_AGAIN, readBytes } from './file-bytes.ts';
import { findFile, type NamedFiles } from './named-files.ts';
import { naming } from './target-checks.ts';

/** The two parts of CIFAR-10 or CIFAR-100. */
export interface Cifar extends StoredSplits {
  /** 50 000 samples. */
  readonly train: StoredDataset;
  /** 10 000 samples. */
  readonly test: StoredDataset;
}

/** The differences between CIFAR-10 and CIFAR-100. */
export interface CifarVariant {
  readonly train: readonly string[];
  readonly test: readonly string[];
  /** The file with the names of the classes. */
  readonly names: string;
  readonly classes: number;
  /** The bytes of labels in a record, and which of them is the label. */
  readonly labelBytes: number;
  readonly labelByte: number;
  /** (3): mean and standard deviation of each channel of the training images, where a pixel is between 0 and 1. */
  readonly mean: readonly number[];
  readonly standardDeviation: readonly number[];
  /** How to get the files if they are missing, as a sentence. */
  readonly fix: string;
}

const SAMPLE_SHAPE: Shape = [3, 32, 32];
const SAMPLE_BYTES = sizeOf(SAMPLE_SHAPE);
const MAX_NAMES_BYTES = 65_536;

/**
 * Reads and normalizes both parts.
 * @throws ConvoyError CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE, CONVOY_FILE_FORMAT, CONVOY_INVALID_LABEL,
 * CONVOY_OUT_OF_MEMORY
 */
export async function readCifarFiles(directory: string, variant: CifarVariant): Promise<Cifar> {
  const { names, train, test, fix } = variant;
  const files = { directory, content: `the binary files of the data set: ${[...train, ...test].join(', ')}`, fix };
  const classNames = await readNames(await findFile(files, names, [names]), variant.classes);
  return {
    train: await readPart(files, train, classNames, variant),
    test: await readPart(files, test, classNames, variant),
  };
}

/** One name in each line; empty lines do not count. */
const readNames = (path: string, classes: number): Promise<readonly string[]> =>
  readBytes(path, async ({ bytes, description }) => {
    const content = await bytes.take(MAX_NAMES_BYTES);
    const names = Buffer.from(content)
      .toString()
      .split('\n')
      .map((name) => name.trim())
      .filter((name) => name !== '');
    if (names.length === classes && new Set(names).size === classes && (await bytes.isAtEnd())) return names;
    throw new ConvoyError('CONVOY_FILE_FORMAT', {
      given: `${description} with ${names.length} names of classes`,
      expected: `${classes} different names, one in each line`,
      fix: DOWNLOAD_AGAIN,
    });
  });

async function readPart(
  files: NamedFiles,
  names: readonly string[],
  classNames: readonly string[],
  { labelBytes, labelByte, mean, standardDeviation }: CifarVariant,
): Promise<StoredDataset> {
  const recordBytes = labelBytes + SAMPLE_BYTES;
  const paths: string[] = [];
  let length = 0;
  for (const name of names) {
    const path = await findFile(files, name, [name]);
    length += await readBytes(path, async (source) => recordsIn(source, recordBytes));
    paths.push(path);
  }
  const samples = new Uint8Array(allocateShared(length * SAMPLE_BYTES));
  const labels = new Uint8Array(allocateShared(length));
  let record = 0;
  for (const path of paths) {
    await readBytes(path, async (source) => {
      for (const end = record + recordsIn(source, recordBytes); record < end; record++) {
        const head = await source.bytes.take(labelBytes);
        const received = await source.bytes.fill(samples.subarray(record * SAMPLE_BYTES, (record + 1) * SAMPLE_BYTES));
        if (received < SAMPLE_BYTES) throw damaged(source, recordBytes);
        labels[record] = head[labelByte] as number;
      }
    });
  }
  return naming(`${names.join(', ')} of ${JSON.stringify(files.directory)}`, () =>
    createDataset({
      inputs: samples,
      sampleShape: SAMPLE_SHAPE,
      targets: { kind: 'labels', labels, classes: classNames.length, classNames },
      normalization: normalizationOf(mean, standardDeviation),
    }),
  );
}

/** @throws ConvoyError CONVOY_FILE_FORMAT unless the source has one or more whole records */
function recordsIn(source: ByteSource, recordBytes: number): number {
  const records = (source.exactBytes ?? 0) / recordBytes;
  if (Number.isInteger(records) && records > 0) return records;
  throw damaged(source, recordBytes);
}

const normalizationOf = (mean: readonly number[], standardDeviation: readonly number[]): Normalization => ({
  scale: standardDeviation.map((deviation) => 1 / (255 * deviation)),
  offset: standardDeviation.map((deviation, channel) => -(mean[channel] as number) / deviation),
});

const damaged = ({ description }: ByteSource, recordBytes: number) =>
  new ConvoyError('CONVOY_FILE_FORMAT', {
    given: description,
    expected: `one or more records of ${recordBytes} bytes, not compressed`,
    fix: DOWNLOAD_AGAIN,
  });
