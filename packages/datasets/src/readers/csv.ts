// Data sets of CSV files: one sample in each row, with a column for the label or for the values to predict.
import { ConvoyError, formatShape, positiveInteger, type Shape, sizeOf } from '@convoy/tensor';
import { checkOptions, choiceOf, flag, listOf, type OptionCheck, optional, text } from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';
import { LabelCollector } from '../dataset/class-labels.ts';
import { checkedShape, createDataset } from '../dataset/create-dataset.ts';
import type { StoredDataset } from '../dataset/dataset.ts';
import { GrowingArray, type GrowingInputs, growingInputs } from '../dataset/growing-array.ts';
import { type CsvColumn, CsvColumns, columnCheck } from './csv-columns.ts';
import { type CsvRow, readCsvRows } from './csv-rows.ts';
import { checkTargets, naming } from './target-checks.ts';

/** Options of `csv`. A column is given by its name in the first row, or by its number, counted from 0. */
export interface CsvOptions {
  /** The column with the class of each sample. */
  readonly label?: CsvColumn;
  /** The columns with the numbers to predict, instead of a label. */
  readonly values?: readonly CsvColumn[];
  /** The columns of the input, in this order. Default: all others. */
  readonly features?: readonly CsvColumn[];
  /** Whether the first row has the names of the columns. Default: true. */
  readonly header?: boolean;
  /** What separates the cells. Default: a comma. */
  readonly delimiter?: string;
  /** The shape of one sample, such as [1, 28, 28] for columns of pixels. Default: [features]. */
  readonly sampleShape?: Shape;
  /** 'uint8' for pixels: whole numbers from 0 to 255, which are scaled by 1/255. Default: 'float32'. */
  readonly element?: 'uint8' | 'float32';
  /** The number of classes. Default: the number of class names, else the greatest label + 1. */
  readonly classes?: number;
  /** (classes): the name of each class. Default: the labels in their sort order, if they are no numbers. */
  readonly classNames?: readonly string[];
}

const columns: OptionCheck<readonly CsvColumn[]> = (name, value) => {
  const checked = listOf(columnCheck)(name, value);
  if (checked.length > 0) return checked;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${name}: []`,
    expected: 'at least one column',
    fix: `Leave ${name} out, or name its columns.`,
  });
};

/** csv-parse takes these as quotes, and as ends of rows. */
export const delimiterCheck: OptionCheck<string> = (name, value) => {
  const delimiter = text(name, value);
  if (!/["\r\n]/.test(delimiter)) return delimiter;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${name}: ${describeValue(value)}`,
    expected: 'a text without quotes and line breaks',
    fix: "Pass for example ';' or '\\t'.",
  });
};

/**
 * Reads a data set from a CSV file in UTF-8 (RFC 4180). Labels that are whole numbers stay as they are; other labels are
 * the names of classes.
 *
 * ```ts
 * const flowers = await csv('iris.csv', { label: 'species' });
 * const digits = await csv('train.csv', { label: 'label', sampleShape: [1, 28, 28], element: 'uint8' });
 * const houses = await csv('houses.csv', { values: ['price'], features: ['rooms', 'area'] });
 * ```
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_INVALID_SHAPE, CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE,
 * CONVOY_OUT_OF_MEMORY
 * @throws ConvoyError CONVOY_FILE_FORMAT if the file is not CSV or has no samples, naming the line
 * @throws ConvoyError CONVOY_UNKNOWN_NAME for a column that the file does not have
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH unless the sample shape has as many numbers as there are features
 * @throws ConvoyError CONVOY_INVALID_DATA, CONVOY_NOT_FINITE and CONVOY_INVALID_LABEL, naming the line and the column
 */
export async function csv(path: string, options: CsvOptions): Promise<StoredDataset> {
  text('path', path);
  const checked = checkOptions('csv', options, {
    label: optional(columnCheck),
    values: optional(columns),
    features: optional(columns),
    header: optional(flag, true),
    delimiter: optional(delimiterCheck, ','),
    sampleShape: optional(checkedShape),
    element: optional(choiceOf('uint8', 'float32'), 'float32'),
    classes: optional(positiveInteger),
    classNames: optional(listOf(text)),
  });
  checkTargets('csv', { ...checked, labels: checked.label }, 'label');
  return readCsvRows(path, checked.delimiter, (rows) => readSamples(path, rows, checked));
}

type Checked = { readonly [Name in keyof CsvOptions]-?: CsvOptions[Name] | undefined } & {
  readonly header: boolean;
  readonly element: 'uint8' | 'float32';
};

async function readSamples(path: string, rows: AsyncIterable<CsvRow>, options: Checked): Promise<StoredDataset> {
  let table: Table | undefined;
  for await (const row of rows) {
    if (table === undefined) {
      table = new Table(path, row.cells, options);
      if (options.header) continue;
    }
    table.add(row);
  }
  if (table === undefined || table.length === 0) throw withoutSamples(path);
  return table.finish();
}

/** The samples of the rows so far. */
class Table {
  length = 0;
  readonly #options: Checked;
  readonly #path: string;
  readonly #columns: CsvColumns;
  readonly #features: readonly number[];
  readonly #targets: readonly number[];
  readonly #labels = new LabelCollector();
  readonly #values = new GrowingArray<Float32Array<SharedArrayBuffer>>(Float32Array);
  readonly #inputs: GrowingInputs;

  constructor(path: string, first: readonly string[], options: Checked) {
    const { label, values, features, sampleShape, header, element } = options;
    const found = new CsvColumns(path, first, header);
    this.#columns = found;
    this.#targets = (values ?? [label as CsvColumn]).map((column) => found.find(column));
    this.#features = features?.map((column) => found.find(column)) ?? found.allExcept(this.#targets);
    if (this.#features.length === 0) throw withoutFeatures(path);
    checkDifferent(path, [...this.#targets, ...this.#features]);
    if (sampleShape && sizeOf(sampleShape) !== this.#features.length) {
      throw wrongShape(path, sampleShape, this.#features.length);
    }
    this.#inputs = growingInputs(element);
    this.#options = options;
    this.#path = path;
  }

  add(row: CsvRow): void {
    const { element, values } = this.#options;
    // What describes the place of a label is kept with it, so it must not hold the cells.
    const { line } = row;
    for (const column of this.#features) this.#inputs.push(this.#columns.numberIn(row, column, element));
    for (const column of this.#targets) {
      if (values) this.#values.push(this.#columns.numberIn(row, column, 'float32'));
      else this.#labels.push(row.cells[column] as string, () => this.#columns.describeCell(line, column));
    }
    this.length++;
  }

  finish(): StoredDataset {
    const { values, sampleShape, classes, classNames } = this.#options;
    const targets = values
      ? ({ kind: 'values', values: this.#values.finish(), shape: [values.length] } as const)
      : ({ kind: 'labels', ...this.#labels.finish({ classes, classNames }) } as const);
    const shape = sampleShape ?? [this.#features.length];
    return naming(`the file ${JSON.stringify(this.#path)}`, () =>
      createDataset({ inputs: this.#inputs.finish(), sampleShape: shape, targets }),
    );
  }
}

function checkDifferent(path: string, columns: readonly number[]): void {
  const seen = new Set<number>();
  const repeated = columns.find((column) => seen.size === seen.add(column).size);
  if (repeated === undefined) return;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `the column ${repeated} (counted from 0) of the file ${JSON.stringify(path)} twice`,
    expected: 'different columns for the target and for the features',
    fix: 'Name each column once.',
  });
}

const withoutFeatures = (path: string) =>
  new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `the file ${JSON.stringify(path)}, which has no columns besides those of the target`,
    expected: 'a column or more for the input',
    fix: 'Pass another file, or the delimiter of the file.',
  });

const wrongShape = (path: string, sampleShape: Shape, features: number) =>
  new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `the sample shape ${formatShape(sampleShape)} for ${features} columns of the file ${JSON.stringify(path)}`,
    expected: `a shape of ${features} numbers`,
    fix: 'Correct sampleShape, or name the columns of the input with features.',
  });

const withoutSamples = (path: string) =>
  new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `the file ${JSON.stringify(path)}, which has no samples`,
    expected: 'a row for each sample',
    fix: 'Pass another file. If its first row is a sample, pass header: false.',
  });
