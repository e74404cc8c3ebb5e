// Columns of Parquet files, read with hyparquet, row group by row group.
import { ConvoyError } from '@convoy/tensor';
import { errorMessage } from '@convoy/tensor/errors';
import type { AsyncBuffer, Compressors, FileMetaData } from 'hyparquet';
import { withFile } from './file-bytes.ts';

/** What is known of a file before its columns are read. */
export interface ParquetTable {
  readonly rows: number;
  /** The names of its columns. */
  readonly columns: readonly string[];
  /** The texts that its writer has added. */
  readonly texts: ReadonlyMap<string, string>;
}

/** A page may not become larger than this many times its file: images are compressed already, so their columns are not much larger. */
const MAX_RATIO = 64;
const MIN_LIMIT = 2 ** 20;

/**
 * Opens a file and reads columns of all rows, one row group after the other.
 * @param columnsOf chooses the columns
 * @param take is called with each row, and returns how many bytes it keeps
 * @throws ConvoyError CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE; CONVOY_FILE_FORMAT for a damaged file; what `columnsOf` and `take` throw
 */
export const readParquet = (
  path: string,
  columnsOf: (table: ParquetTable) => readonly string[],
  take: (row: Readonly<Record<string, unknown>>) => number,
): Promise<ParquetTable> =>
  withFile(path, async ({ handle, size }) => {
    const file: AsyncBuffer = {
      byteLength: size,
      async slice(start, end = size) {
        const length = Math.max(0, Math.min(end, size) - start);
        const { buffer } = await handle.read({ buffer: new Uint8Array(length), position: start });
        return buffer.buffer;
      },
    };
    const limit = Math.max(MIN_LIMIT, MAX_RATIO * size);
    const { parquetMetadataAsync, parquetReadObjects, compressors } = await loadHyparquet();
    const bounded = withLimit(compressors, limit);
    const metadata = await inFile(path, () => parquetMetadataAsync(file));
    const table = tableOf(path, metadata, limit);
    const columns = [...columnsOf(table)];
    let rowStart = 0;
    let kept = 0;
    for (const { num_rows } of metadata.row_groups) {
      const rowEnd = rowStart + Number(num_rows);
      const rows = await inFile(path, () =>
        parquetReadObjects({ file, metadata, columns, rowStart, rowEnd, utf8: false, compressors: bounded }),
      );
      for (const row of rows) {
        kept += take(row);
        // Rows of a dictionary may all be the same large value.
        if (kept > limit) throw wrongParquet(path, `with images of more than ${limit} bytes`);
      }
      rowStart = rowEnd;
    }
    return table;
  });

function tableOf(path: string, metadata: FileMetaData, limit: number): ParquetTable {
  const [root, ...elements] = metadata.schema;
  const columns: string[] = [];
  for (let i = 0, children = root?.num_children ?? 0; i < elements.length && columns.length < children; ) {
    columns.push((elements[i] as { name: string }).name);
    i += subtreeOf(elements, i);
  }
  const rows = metadata.row_groups.reduce((sum, { num_rows }) => sum + Number(num_rows), 0);
  const bytes = metadata.row_groups
    .flatMap((group) => group.columns)
    .reduce((sum, { meta_data }) => sum + Number(meta_data?.total_uncompressed_size ?? 0), 0);
  if (!(rows >= 0 && rows <= limit && bytes >= 0 && bytes <= limit)) {
    throw wrongParquet(path, `which promises ${rows} rows and ${bytes} bytes`);
  }
  const texts = new Map((metadata.key_value_metadata ?? []).map(({ key, value }) => [key, value ?? '']));
  return { rows, columns, texts };
}

/** How many elements of a schema belong to one, with all that it contains. */
function subtreeOf(elements: readonly { num_children?: number }[], at: number): number {
  let count = 1;
  for (let open = elements[at]?.num_children ?? 0; open > 0 && at + count < elements.length; open--) {
    open += elements[at + count]?.num_children ?? 0;
    count++;
  }
  return count;
}

/** These use WebAssembly as soon as they are imported, which is missing in some processes. */
const loadHyparquet = async () => ({ ...(await import('hyparquet')), ...(await import('hyparquet-compressors')) });

/** Decompressors that refuse files whose pages promise too much, together. */
function withLimit(compressors: Compressors, limit: number): Compressors {
  let total = 0;
  const bounded = Object.entries(compressors).map(([codec, decompress]) => [
    codec,
    (input: Uint8Array, outputLength: number) => {
      total += outputLength;
      if (!(total <= limit)) throw new RangeError(`pages of ${total} bytes`);
      return decompress(input, outputLength);
    },
  ]);
  return Object.fromEntries(bounded);
}

/** hyparquet throws plain errors for damaged files, of any kind. */
async function inFile<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw wrongParquet(path, `which cannot be read (${errorMessage(cause)})`, cause);
  }
}

const wrongParquet = (path: string, given: string, cause?: unknown) =>
  new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `the file ${JSON.stringify(path)}, ${given}`,
    expected: 'a complete Parquet file',
    fix: 'Copy or download the file again.',
    cause,
  });
