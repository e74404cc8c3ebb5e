// The data sets that a trainer has opened: those that are read are loaded if they fit into the memory that the trainer may use for data, else they
// are streamed.
import type { Dataset, StoredDataset } from '@convoy/datasets';
import { ConvoyError, sizeOf } from '@convoy/tensor';
import { LruCache } from '@convoy/tensor/lru-cache';
import { describeBytes } from '@convoy/tensor/memory';
import type { FailurePolicy, ReadingOptions } from '../options.ts';
import { dropShared } from '../shared/dropped-memory.ts';
import { ringBytes, rowBytesOf } from '../shared/ring.ts';
import { createRing } from './create-ring.ts';
import { loadSamples } from './load.ts';
import { isReadDataset, type ReadDataset } from './read-dataset.ts';
import { SampleStream } from './sample-stream.ts';

interface Reading extends ReadingOptions {
  readonly seed: number;
  readonly batchSize: number;
  readonly policy: FailurePolicy;
}

/** A data set that is in memory, or a stream of its samples. */
export type OpenedData =
  | { readonly kind: 'stored'; readonly dataset: StoredDataset }
  | { readonly kind: 'stream'; readonly dataset: Dataset; readonly stream: SampleStream };

/** A ring beyond this size gains nothing: it has to bridge the differences in the time that samples take. */
const MAX_RING_BYTES = 64 * 2 ** 20;
/** Batches in a ring, where there is memory for them. */
const RING_BATCHES = 4;
/** A ring has room for the batch in use, and for one that is read meanwhile. */
const MIN_RING_BATCHES = 2;

interface Opened {
  readonly data: OpenedData;
  /** Bytes of the budget. */
  readonly bytes: number;
}

export class OpenedDatasets {
  readonly #reading: Reading;
  readonly #opened: LruCache<Dataset, Opened>;
  #bytes = 0;
  readonly #closing = new AbortController();

  /** @param kept how many data sets are kept open */
  constructor(reading: Reading, kept: number) {
    this.#reading = reading;
    this.#opened = new LruCache(kept);
  }

  /**
   * Opens a data set, or returns it if it is open.
   * @returns undefined if the signal has ended the loading, or the trainer was disposed of
   * @throws ConvoyError why a sample cannot be read; CONVOY_OUT_OF_MEMORY, CONVOY_WORKER_FAILED
   */
  async open(dataset: Dataset, signal: AbortSignal | undefined): Promise<OpenedData | undefined> {
    if (!isReadDataset(dataset)) return { kind: 'stored', dataset: dataset as StoredDataset };
    const known = this.get(dataset);
    if (known && !(known.kind === 'stream' && known.stream.failure)) return known;
    await this.#drop(dataset);
    const opened = await this.#openNew(dataset, signal);
    if (!opened) return undefined;
    this.#bytes += opened.bytes;
    const removed = this.#opened.set(dataset, opened);
    if (removed) await this.#close(removed);
    return opened.data;
  }

  /** A data set that is open. */
  get(dataset: Dataset): OpenedData | undefined {
    if (!isReadDataset(dataset)) return { kind: 'stored', dataset: dataset as StoredDataset };
    return this.#opened.get(dataset)?.data;
  }

  /** Closes all data sets; none is opened again. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#opened.values()].map((opened) => this.#close(opened)));
  }

  async #openNew(dataset: ReadDataset, signal: AbortSignal | undefined): Promise<Opened | undefined> {
    const { memoryBudget, decoders, seed, policy } = this.#reading;
    const { length, sampleShape, source } = dataset;
    const row = { element: source.element, rowSize: sizeOf(sampleShape) };
    const bytes = length * rowBytesOf(row);
    const left = memoryBudget - this.#bytes;
    const task = { decoders: Math.min(decoders, length), seed, policy };
    const signals = [this.#closing.signal, ...(signal ? [signal] : [])];
    if (bytes <= left) {
      const loaded = await loadSamples(dataset, task, signals);
      return loaded && { data: { kind: 'stored', dataset: loaded }, bytes };
    }
    const capacity = await this.#makeRoom(rowBytesOf(row));
    const ring = createRing({ capacity, rows: capacity, ...row });
    const stream = new SampleStream(dataset, { ...task, ring });
    return { data: { kind: 'stream', dataset, stream }, bytes: ring.buffer.byteLength };
  }

  /**
   * The capacity of a new ring. Data sets that were not used for the longest time are closed where the budget requires it.
   * @throws ConvoyError CONVOY_OUT_OF_MEMORY if the budget is too small for the batches that have to be in memory
   */
  async #makeRoom(rowBytes: number): Promise<number> {
    const { batchSize, memoryBudget } = this.#reading;
    let capacity = 2 ** Math.ceil(Math.log2(MIN_RING_BATCHES * batchSize));
    const least = ringBytes(capacity, capacity, rowBytes);
    if (least > memoryBudget) {
      throw new ConvoyError('CONVOY_OUT_OF_MEMORY', {
        given: `memoryBudget: ${describeBytes(memoryBudget)}`,
        expected: `at least ${describeBytes(least)}, for ${capacity} samples of a data set that is streamed`,
        fix: 'Raise memoryBudget, or lower batchSize.',
      });
    }
    while (this.#bytes + least > memoryBudget) await this.#close(this.#opened.deleteOldest() as Opened);
    const left = memoryBudget - this.#bytes;
    const fits = (size: number, bytes: number) => ringBytes(size, size, rowBytes) <= bytes;
    while (
      fits(2 * capacity, Math.min(left, MAX_RING_BYTES)) ||
      (capacity < RING_BATCHES * batchSize && fits(2 * capacity, left))
    ) {
      capacity *= 2;
    }
    return capacity;
  }

  async #drop(dataset: Dataset): Promise<void> {
    const opened = this.#opened.delete(dataset);
    if (opened) await this.#close(opened);
  }

  async #close({ data, bytes }: Opened): Promise<void> {
    this.#bytes -= bytes;
    dropShared(bytes);
    if (data.kind === 'stream') await data.stream.close();
  }
}
