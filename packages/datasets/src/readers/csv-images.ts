// Tables with the paths of images.
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { ConvoyError, positiveInteger } from '@convoy/tensor';
import { checkOptions, flag, listOf, optional, text } from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';
import { LabelCollector } from '../dataset/class-labels.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { readDataset } from '../dataset/read-dataset.ts';
import { delimiterCheck } from './csv.ts';
import { type CsvColumn, CsvColumns, columnCheck } from './csv-columns.ts';
import { type CsvRow, readCsvRows } from './csv-rows.ts';
import { FOLDER_READER } from './image-folder.ts';
import { type FolderReaderOptions, readImage } from './images/folder-reader.ts';
import { ImageDecoder } from './images/image-decoder.ts';
import { type ImageForm, type ImageOptions, imageChecks } from './images/image-options.ts';

/** Options of `csvImages`. */
export interface CsvImageOptions extends ImageOptions {
  /** The column with the path of each image. */
  readonly image: CsvColumn;
  /** The column with the class of each image: a number or a name. */
  readonly label: CsvColumn;
  /** The folder in which the images are; default that of the table. */
  readonly folder?: string;
  /** Whether the first row has the names of the columns. Default: true. */
  readonly header?: boolean;
  /** What separates the cells. Default: a comma. */
  readonly delimiter?: string;
  /** The number of classes. Default: the number of class names, else the greatest label + 1. */
  readonly classes?: number;
  /** (classes): the name of each class. Default: the labels in their sort order, if they are no numbers. */
  readonly classNames?: readonly string[];
}

/**
 * Reads images whose paths and labels are in a CSV file in UTF-8 (RFC 4180). Images are decoded when they are needed, as those of `imageFolder`.
 *
 * ```ts
 * const birds = await csvImages('birds.csv', { image: 'file', label: 'species', size: 64 });
 * ```
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE, CONVOY_PACKAGE_MISSING, CONVOY_OUT_OF_MEMORY
 * @throws ConvoyError CONVOY_FILE_FORMAT if the file is not CSV or has no samples; CONVOY_UNKNOWN_NAME for a column that it does not have;
 * CONVOY_INVALID_DATA for a path that leaves the folder; CONVOY_INVALID_LABEL
 */
export async function csvImages(path: string, options: CsvImageOptions): Promise<Dataset> {
  text('path', path);
  const { size, fit, channels, folder, header, delimiter, ...table } = checkOptions('csvImages', options, {
    ...imageChecks,
    image: columnCheck,
    label: columnCheck,
    folder: optional(text, dirname(path)),
    header: optional(flag, true),
    delimiter: optional(delimiterCheck, ','),
    classes: optional(positiveInteger),
    classNames: optional(listOf(text)),
  });
  const paths: string[] = [];
  const collector = new LabelCollector();
  await readCsvRows(path, delimiter, async (rows) => {
    let columns: { readonly image: number; readonly label: number } | undefined;
    for await (const row of rows) {
      if (columns === undefined) {
        const found = new CsvColumns(path, row.cells, header);
        columns = { image: found.find(table.image), label: found.find(table.label) };
        if (header) continue;
      }
      const { line } = row;
      paths.push(imagePath(path, folder, row, columns.image));
      collector.push(row.cells[columns.label] as string, () => `line ${line} of the file ${JSON.stringify(path)}`);
    }
  });
  const root = resolve(folder);
  const [first] = paths;
  if (first === undefined) throw withoutSamples(path);
  const [height, width] = size ?? (await sizeOf(resolve(root, first)));
  const form: ImageForm = { channels, height, width, fit: size ? fit : undefined };
  const reader: FolderReaderOptions = { root, paths, form };
  return readDataset({
    sampleShape: [channels, height, width],
    source: { kind: 'read', element: 'uint8', module: FOLDER_READER, options: reader },
    ...collector.finish(table),
  });
}

/** The path in a row, relative to the folder. */
function imagePath(path: string, folder: string, { cells, line }: CsvRow, column: number): string {
  const given = cells[column] as string;
  const inside = relative(resolve(folder), resolve(folder, given));
  const leaves = inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside);
  if (!leaves && !given.includes('\0')) return inside;
  throw new ConvoyError('CONVOY_INVALID_DATA', {
    given: `the path ${describeValue(given)} in line ${line} of the file ${JSON.stringify(path)}`,
    expected: `the path of an image in the folder ${JSON.stringify(folder)}`,
    fix: 'Correct the path, or pass the option folder.',
  });
}

async function sizeOf(path: string): Promise<readonly [height: number, width: number]> {
  const decoder = await ImageDecoder.open();
  return decoder.sizeOf(await readImage(path), path);
}

const withoutSamples = (path: string) =>
  new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `the file ${JSON.stringify(path)}, which has no samples`,
    expected: 'a row for each image',
    fix: 'Pass a table with images, and header: false if its first row is an image.',
  });
