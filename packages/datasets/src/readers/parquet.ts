// Parquet files of images and labels, as model hubs store them.
import { ConvoyError } from '@convoy/tensor';
import { isObject, isUint8Array } from '@convoy/tensor/builtins';
import { checkOptions, listOf, type OptionCheck, optional, text } from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';
import type { Dataset } from '../dataset/dataset.ts';
import { readDataset } from '../dataset/read-dataset.ts';
import { allocateShared } from '../dataset/shared-array.ts';
import { type BytesReaderOptions, imageAt } from './images/bytes-reader.ts';
import { ImageDecoder } from './images/image-decoder.ts';
import { type ImageForm, type ImageOptions, imageChecks } from './images/image-options.ts';
import { type ParquetTable, readParquet } from './parquet-table.ts';

/** Options of `parquet`. */
export interface ParquetOptions extends ImageOptions {
  /** The column with the encoded images: bytes, or a struct with `bytes`. Default 'image'. */
  readonly image?: string;
  /** The column with the labels: numbers or names of classes. Default 'label'. */
  readonly label?: string;
  /** (classes): the name of each class. Default: those of the file, the names in the column, sorted, or the numbers. */
  readonly classNames?: readonly string[];
}

// Neither a compiler nor Node rewrites the extension in a URL: it is the one of this file.
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const READER = new URL(`./images/bytes-reader.${extension}`, import.meta.url).href;

const pathsCheck: OptionCheck<readonly string[]> = (name, value) =>
  Array.isArray(value) ? listOf(text)(name, value) : [text(name, value)];

/**
 * Reads images and labels from Parquet files. The encoded images of all rows are kept in shared memory, and decoded when they are needed.
 *
 * ```ts
 * const photos = await parquet(['train-00000-of-00002.parquet', 'train-00001-of-00002.parquet'], { size: 64 });
 * ```
 * @param paths of the files of a data set, in their order
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE, CONVOY_PACKAGE_MISSING, CONVOY_OUT_OF_MEMORY
 * @throws ConvoyError CONVOY_FILE_FORMAT for damaged files; CONVOY_UNKNOWN_NAME for a column that a file does not have; CONVOY_INVALID_DATA for
 * a row without an image; CONVOY_INVALID_LABEL
 */
export async function parquet(paths: string | readonly string[], options?: ParquetOptions): Promise<Dataset> {
  const files = pathsCheck('paths', paths);
  const { size, fit, channels, image, label, classNames } = checkOptions('parquet', options, {
    ...imageChecks,
    image: optional(text, 'image'),
    label: optional(text, 'label'),
    classNames: optional(listOf(text)),
  });
  const images: Uint8Array[] = [];
  const given: (number | string)[] = [];
  let named: readonly string[] | undefined;
  for (const path of files) {
    const table = await readParquet(
      path,
      (found) => [image, label].map((column) => checkedColumn(path, found, column)),
      (row) => {
        const place = `row ${given.length} of the file ${JSON.stringify(path)}`;
        const bytes = bytesOf(row[image], place);
        images.push(bytes);
        given.push(labelOf(row[label], place));
        return bytes.length;
      },
    );
    named ??= namesIn(table, label);
  }
  if (images.length === 0) throw withoutRows(files);
  const { labels, names } = numbered(given, classNames ?? named);
  const stored = inSharedMemory(images);
  const name = files.join(', ');
  const [height, width] = size ?? (await (await ImageDecoder.open()).sizeOf(imageAt(stored, 0), `${name}, row 0`));
  const form: ImageForm = { channels, height, width, fit: size ? fit : undefined };
  const reader: BytesReaderOptions = { ...stored, name, form };
  return readDataset({
    sampleShape: [channels, height, width],
    source: { kind: 'read', element: 'uint8', module: READER, options: reader },
    labels,
    classNames: names,
  });
}

function checkedColumn(path: string, { columns }: ParquetTable, column: string): string {
  if (columns.includes(column)) return column;
  throw new ConvoyError('CONVOY_UNKNOWN_NAME', {
    given: `the column ${describeValue(column)} of the file ${JSON.stringify(path)}, which has no such column`,
    expected: `one of its columns: ${columns.join(', ')}`,
    fix: 'Pass the names of the columns as image and label.',
  });
}

function bytesOf(value: unknown, place: string): Uint8Array {
  const bytes = isObject(value) && 'bytes' in value ? value.bytes : value;
  if (isUint8Array(bytes) && bytes.length > 0) return bytes;
  throw new ConvoyError('CONVOY_INVALID_DATA', {
    given: `${describeValue(bytes)} as the image in ${place}`,
    expected: 'the bytes of an encoded image',
    fix: 'Remove the row, or pass another column as image.',
  });
}

function labelOf(value: unknown, place: string): number | string {
  const label = typeof value === 'bigint' ? Number(value) : isUint8Array(value) ? Buffer.from(value).toString() : value;
  if (typeof label === 'string' || (typeof label === 'number' && Number.isSafeInteger(label) && label >= 0))
    return label;
  throw new ConvoyError('CONVOY_INVALID_LABEL', {
    given: `${describeValue(value)} as the label in ${place}`,
    expected: 'a whole number of 0 or more, or a name',
    fix: 'Correct the row, or pass another column as label.',
  });
}

/** The names of the classes that model hubs store with a table. */
function namesIn({ texts }: ParquetTable, label: string): readonly string[] | undefined {
  try {
    const names = JSON.parse(texts.get('huggingface') ?? 'null')?.info?.features?.[label]?.names;
    return Array.isArray(names) && names.every((name) => typeof name === 'string') ? names : undefined;
  } catch {
    return undefined;
  }
}

/** More classes than this are no classes. */
const MAX_CLASSES = 2 ** 24;

function numbered(given: readonly (number | string)[], classNames: readonly string[] | undefined) {
  const greatest = given.reduce<number>(
    (most, label) => (typeof label === 'number' ? Math.max(most, label) : most),
    -1,
  );
  const names =
    classNames ??
    (given.every((label) => typeof label === 'number') && greatest < MAX_CLASSES
      ? Array.from({ length: greatest + 1 }, (_, i) => String(i))
      : [...new Set(given.map(String))].sort());
  const numbers = new Map(names.map((name, i) => [name, i]));
  const labels = given.map((label, row) => {
    const number = typeof label === 'number' ? label : (numbers.get(label) ?? -1);
    if (number >= 0 && number < names.length) return number;
    throw new ConvoyError('CONVOY_INVALID_LABEL', {
      given: `the label ${describeValue(label)} in row ${row}`,
      expected: `one of ${names.length} classes`,
      fix: 'Correct the label, or pass the names of all classes.',
    });
  });
  return { labels, names };
}

function inSharedMemory(images: readonly Uint8Array[]): Pick<BytesReaderOptions, 'bytes' | 'offsets'> {
  const offsets = new Float64Array(allocateShared(8 * (images.length + 1)));
  for (const [i, image] of images.entries()) offsets[i + 1] = (offsets[i] as number) + image.length;
  const bytes = new Uint8Array(allocateShared(offsets[images.length] as number));
  for (const [i, image] of images.entries()) bytes.set(image, offsets[i]);
  return { bytes, offsets };
}

const withoutRows = (files: readonly string[]) =>
  new ConvoyError('CONVOY_FILE_FORMAT', {
    given: files.length === 0 ? 'no path' : `the file ${JSON.stringify(files[0])} without rows`,
    expected: 'at least one row',
    fix: 'Pass the files of the data set.',
  });
