// The columns of a CSV file that a data set is made of.
import { ConvoyError } from '@convoy/tensor';
import { closestName, type OptionCheck } from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';
import { NUMBER } from '../dataset/class-labels.ts';
import type { CsvRow } from './csv-rows.ts';

/** A column by its name in the first row, or by its number, counted from 0. */
export type CsvColumn = string | number;

/** The check of an option that is a column. */
export const columnCheck: OptionCheck<CsvColumn> = (name, value) => {
  const isNumber = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  if (isNumber || (typeof value === 'string' && value !== '')) return value;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${name}: ${describeValue(value)}`,
    expected: 'the name of a column, or its number, counted from 0',
    fix: `Pass ${name} as text or as a number.`,
  });
};

/** The columns of a file. */
export class CsvColumns {
  readonly #path: string;
  readonly #names: readonly string[] | undefined;
  readonly #count: number;

  /**
   * @param first the cells of the first row
   * @param hasHeader whether they are the names of the columns
   */
  constructor(path: string, first: readonly string[], hasHeader: boolean) {
    this.#path = path;
    this.#names = hasHeader ? first : undefined;
    this.#count = first.length;
  }

  /**
   * The number of a column.
   * @throws ConvoyError CONVOY_UNKNOWN_NAME
   */
  find(column: CsvColumn): number {
    if (typeof column === 'number') {
      if (column < this.#count) return column;
      throw this.#unknown(column, `a number from 0 to ${this.#count - 1}`, 'Columns are counted from 0.');
    }
    const names = this.#names;
    if (names === undefined) throw this.#unknown(column, 'the number of a column', 'Pass header: true, or a number.');
    const number = names.indexOf(column);
    if (number >= 0 && number === names.lastIndexOf(column)) return number;
    const shown = names.slice(0, 20).map((name) => describeValue(name));
    const expected = number >= 0 ? 'a name of one column' : `one of its ${names.length} columns: ${shown.join(', ')}`;
    const closest = closestName(column, names.slice(0, 100));
    throw this.#unknown(column, expected, closest ? `Did you mean ${closest}?` : 'Pass its number, counted from 0.');
  }

  /** The numbers of all columns except these. */
  allExcept(columns: readonly number[]): readonly number[] {
    const others = new Set(columns);
    return Array.from({ length: this.#count }, (_, column) => column).filter((column) => !others.has(column));
  }

  /**
   * The number in a cell.
   * @throws ConvoyError CONVOY_INVALID_DATA, CONVOY_NOT_FINITE
   */
  numberIn({ cells, line }: CsvRow, column: number, element: 'uint8' | 'float32'): number {
    const cell = cells[column] as string;
    const number = NUMBER.test(cell) ? Number(cell) : Number.NaN;
    if (element === 'uint8' ? (number & 255) === number : Number.isFinite(Math.fround(number))) return number;
    const isTooLarge = !Number.isNaN(number) && element === 'float32';
    throw new ConvoyError(isTooLarge ? 'CONVOY_NOT_FINITE' : 'CONVOY_INVALID_DATA', {
      given: `${cell === '' ? 'an empty cell' : describeValue(cell)} ${this.describeCell(line, column)}`,
      expected:
        element === 'uint8' ? 'a whole number from 0 to 255' : 'a finite number as float32, such as 0.5 or -1e3',
      fix: 'Correct the cell, remove its row, or leave its column out of the features.',
    });
  }

  /** Where a cell is, for messages. */
  describeCell(line: number, column: number): string {
    const name = this.#names?.[column];
    const place = name === undefined ? `column ${column} (counted from 0)` : `the column ${describeValue(name)}`;
    return `in line ${line}, in ${place} of the file ${JSON.stringify(this.#path)}`;
  }

  #unknown(column: CsvColumn, expected: string, fix: string): ConvoyError {
    const given = `the column ${describeValue(column)} of the file ${JSON.stringify(this.#path)}`;
    return new ConvoyError('CONVOY_UNKNOWN_NAME', { given: `${given}, which has no such column`, expected, fix });
  }
}
