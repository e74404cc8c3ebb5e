// The rows of a CSV file, one after another.
import { pipeline } from 'node:stream';
import { ConvoyError } from '@convoy/tensor';
import type { CsvError } from 'csv-parse';
import { chunksOf, type OpenedFile, withFile } from './file-bytes.ts';

/** The cells of a row without the spaces around them. */
export interface CsvRow {
  readonly cells: readonly string[];
  /** The line in which the row ends, counted from 1. */
  readonly line: number;
}

/** Longer lines and rows are errors, so that a file without line breaks takes no more memory. */
const MAX_ROW_BYTES = 2 ** 22;
const LINE_BREAK = 10;

/**
 * Calls `use` with the rows of a file in UTF-8. All rows have the same number of cells. Empty lines are skipped.
 * @throws ConvoyError CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE, CONVOY_FILE_FORMAT, and what `use` throws
 */
export const readCsvRows = <T>(
  path: string,
  delimiter: string,
  use: (rows: AsyncIterable<CsvRow>) => Promise<T>,
): Promise<T> => withFile(path, (file) => use(rowsOf(file, delimiter)));

async function* rowsOf(file: OpenedFile, delimiter: string): AsyncGenerator<CsvRow> {
  const { CsvError, parse } = await import('csv-parse');
  const options = { bom: true, trim: true, skip_empty_lines: true, info: true, max_record_size: MAX_ROW_BYTES };
  const rows = pipeline(shortLines(file), parse({ ...options, delimiter }), () => {});
  try {
    for await (const { record, info } of rows) yield { cells: record, line: info.lines };
  } catch (error) {
    throw error instanceof CsvError ? malformed(file, error) : error;
  } finally {
    rows.destroy();
  }
}

/** The parser limits the texts of a row, but not the number of its cells, so this limits its lines. */
async function* shortLines(file: OpenedFile): AsyncGenerator<Uint8Array> {
  let length = 0;
  let line = 1;
  for await (const chunk of chunksOf(file, 0, file.size)) {
    if (line === 1 && length === 0 && chunk[0] === 0x1f && chunk[1] === 0x8b) throw compressed(file);
    let start = 0;
    for (let end = chunk.indexOf(LINE_BREAK); end >= 0; end = chunk.indexOf(LINE_BREAK, start)) {
      if (length + end - start > MAX_ROW_BYTES) throw longLine(file, line);
      [start, length, line] = [end + 1, 0, line + 1];
    }
    length += chunk.length - start;
    if (length > MAX_ROW_BYTES) throw longLine(file, line);
    yield chunk;
  }
}

const compressed = ({ path }: OpenedFile) =>
  new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `the file ${JSON.stringify(path)}, which is compressed with gzip`,
    expected: 'a CSV file in UTF-8',
    fix: 'Decompress the file.',
  });

const longLine = ({ path }: OpenedFile, line: number) =>
  new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `the file ${JSON.stringify(path)}, whose line ${line} is too long`,
    expected: `at most ${MAX_ROW_BYTES} bytes in a line`,
    fix: 'Pass a CSV file with one sample in each line.',
  });

function malformed({ path }: OpenedFile, cause: CsvError): ConvoyError {
  const { lines } = cause as CsvError & { readonly lines?: number };
  return new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `the file ${JSON.stringify(path)}, whose line ${lines} is not CSV (${cause.message})`,
    expected: 'rows with the same number of cells, and quotes around the whole cell',
    fix: 'Correct this line, or pass the delimiter of the file.',
    cause,
  });
}
