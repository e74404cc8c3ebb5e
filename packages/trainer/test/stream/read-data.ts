// Data sets that are read by `faulty-reader.ts`, with the same samples as data sets in memory.
import type { Dataset, StoredDataset } from '@convoy/datasets';
import type { Fault, FaultyReaderOptions } from '../programs/faulty-reader.ts';

const words = (count: number) => new Int32Array(new SharedArrayBuffer(4 * count));

export interface ReadData {
  readonly data: Dataset;
  /** Lets a row fail when it is read the next time. */
  plant(row: number, fault: (typeof Fault)[keyof typeof Fault]): void;
  /** Rows that were read so far. */
  reads(): number;
}

export function readFromFiles(stored: StoredDataset): ReadData {
  const { samples } = stored.source;
  const options: FaultyReaderOptions = { samples, faults: words(stored.length), reads: words(1) };
  const element = samples instanceof Uint8Array ? 'uint8' : 'float32';
  const module = new URL('../programs/faulty-reader.ts', import.meta.url).href;
  return {
    data: { ...stored, source: { kind: 'read', element, module, options } },
    plant: (row, fault) => Atomics.store(options.faults, row, fault),
    reads: () => Atomics.load(options.reads, 0),
  };
}
