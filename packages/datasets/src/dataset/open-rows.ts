// The rows of a data set, one at a time, wherever they come from.
import { sizeOf } from '@convoy/tensor';
import type { Dataset, OpenReader, ReadSource, StoredSource } from './dataset.ts';

/** Reads samples by their numbers. */
export interface Rows {
  /** Reads sample `sample` into `into`, which has the type and the size of a sample. */
  read(sample: number, into: Uint8Array | Float32Array): void | Promise<void>;
  /** Frees what was opened. */
  close(): void | Promise<void>;
}

/** @throws ConvoyError of the reader, if samples are read on demand and it cannot be opened */
export const openRows = async ({ source, sampleShape }: Dataset): Promise<Rows> =>
  source.kind === 'stored' ? storedRows(source, sizeOf(sampleShape)) : readRows(source);

const storedRows = ({ samples, rows }: StoredSource, size: number): Rows => ({
  read(sample, into) {
    const row = rows === undefined ? sample : (rows[sample] as number);
    into.set(samples.subarray(row * size, (row + 1) * size));
  },
  close() {},
});

async function readRows({ module, options, rows }: ReadSource): Promise<Rows> {
  const { openReader } = (await import(module)) as { readonly openReader: OpenReader };
  const reader = await openReader(options);
  return {
    read: (sample, into) => reader.read(rows === undefined ? sample : (rows[sample] as number), into),
    close: () => reader.close?.(),
  };
}
