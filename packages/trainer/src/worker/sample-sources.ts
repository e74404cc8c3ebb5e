// The data sets that a worker knows, ready to be copied into its blocks.
import type { Dataset, StoredSource } from '@convoy/datasets';
import { instantiateGather, type Plan, SampleSource } from '@convoy/layers/runtime';
import { dropShared } from '../shared/dropped-memory.ts';
import { sharedBytesOf, type WorkerData } from '../shared/segment.ts';

/** A data set as a worker reads it. */
export interface WorkerSource {
  readonly length: number;
  readonly source: SampleSource;
  /** The size of the shared memory that it uses. */
  readonly bytes: number;
}

export function sampleSourceOf(
  { dataset, gather }: Pick<WorkerData, 'dataset' | 'gather'>,
  plan: Plan,
  memory: WebAssembly.Memory,
): SampleSource {
  const { source, sampleShape, targets } = dataset;
  const { samples: inputs, rows } = source as StoredSource;
  const arrays = { inputs, rows, sampleShape, targets: valuesOf(targets), targetShape: targets.shape };
  return new SampleSource(arrays, instantiateGather(gather, memory), plan, memory);
}

const valuesOf = (targets: Dataset['targets']) => (targets.kind === 'labels' ? targets.labels : targets.values);

export class SampleSources {
  readonly #plan: Plan;
  readonly #memory: WebAssembly.Memory;
  readonly #sources = new Map<number, WorkerSource>();

  constructor(plan: Plan, memory: WebAssembly.Memory) {
    this.#plan = plan;
    this.#memory = memory;
  }

  add(data: WorkerData): void {
    const source = sampleSourceOf(data, this.#plan, this.#memory);
    this.#sources.set(data.id, { length: data.dataset.length, source, bytes: sharedBytesOf(data.dataset) });
  }

  /** Also frees the memory of the data set, unless others use it. */
  remove(id: number): void {
    const { bytes = 0 } = this.#sources.get(id) ?? {};
    this.#sources.delete(id);
    dropShared(bytes);
  }

  /** A data set that was added. */
  get(id: number): WorkerSource {
    return this.#sources.get(id) as WorkerSource;
  }
}
