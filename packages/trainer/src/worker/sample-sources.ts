// The data sets that a worker knows, ready to be copied into its blocks.
import type { Dataset } from '@convoy/datasets';
import { instantiateGather, type Plan, SampleSource } from '@convoy/layers/runtime';
import { Ring } from '../shared/ring.ts';
import type { WorkerData } from '../shared/segment.ts';
import { PickedRows, RingRows } from './sample-rows.ts';

/** A data set as a worker reads it. */
export interface WorkerSource {
  readonly length: number;
  readonly source: SampleSource;
  /** Undefined for samples in memory. */
  readonly ring: RingRows | undefined;
}

/** @param waiting as `RingRows` */
export function workerSourceOf(
  { length, samples, sampleShape, targets, gather }: Omit<WorkerData, 'id'>,
  { plan, memory, words, isWaiting }: ReadingContext,
): WorkerSource {
  const ring = samples.kind === 'ring' ? new Ring(samples.ring) : undefined;
  const ringRows = ring && new RingRows(ring, words, isWaiting);
  const storedRows = samples.kind === 'stored' && samples.rows ? new PickedRows(samples.rows) : undefined;
  const arrays = {
    inputs: samples.kind === 'stored' ? samples.samples : (ring as Ring).rows,
    rows: ringRows ?? storedRows,
    sampleShape,
    targets: valuesOf(targets),
    targetShape: targets.shape,
  };
  return { length, source: new SampleSource(arrays, instantiateGather(gather, memory), plan, memory), ring: ringRows };
}

const valuesOf = (targets: Dataset['targets']) => (targets.kind === 'labels' ? targets.labels : targets.values);

/** What is needed to read samples. */
export interface ReadingContext {
  readonly plan: Plan;
  readonly memory: WebAssembly.Memory;
  /** The control words of the trainer. */
  readonly words: Int32Array;
  /** Is called when the waiting for a sample begins, and when it ends. */
  readonly isWaiting: (isWaiting: boolean) => void;
}

export class SampleSources {
  readonly #context: ReadingContext;
  readonly #sources = new Map<number, WorkerSource>();

  constructor(context: ReadingContext) {
    this.#context = context;
  }

  add(data: WorkerData): void {
    this.#sources.set(data.id, workerSourceOf(data, this.#context));
  }

  remove(id: number): void {
    this.#sources.delete(id);
  }

  /** A data set that was added. */
  get(id: number): WorkerSource {
    return this.#sources.get(id) as WorkerSource;
  }
}
