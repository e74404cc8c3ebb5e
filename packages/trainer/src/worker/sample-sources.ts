// The data sets that a worker knows, ready to be copied into its blocks.
import type { Dataset } from '@convoy/datasets';
import { instantiateGather, type Plan, type SampleArrays, SampleSource } from '@convoy/layers/runtime';
import { isUint8Array } from '@convoy/tensor/builtins';
import { areMasks, augmenterOptions } from '../shared/augmenter-options.ts';
import { dropShared } from '../shared/dropped-memory.ts';
import { Ring } from '../shared/ring.ts';
import { sharedBytesOf, type WorkerData } from '../shared/segment.ts';
import { PickedRows, RingRows } from './sample-rows.ts';

/** A data set as a worker reads it. */
export interface WorkerSource {
  readonly length: number;
  readonly source: SampleSource;
  /** Undefined for samples in memory. */
  readonly ring: RingRows | undefined;
  /** The size of the shared memory that it uses. */
  readonly bytes: number;
}

/** @throws ConvoyError if a module of augmentations cannot be imported */
export async function workerSourceOf(data: Omit<WorkerData, 'id'>, context: ReadingContext): Promise<WorkerSource> {
  const { length, samples, sampleShape, targets, gather } = data;
  const { plan, memory, words, isWaiting } = context;
  const ring = samples.kind === 'ring' ? new Ring(samples.ring) : undefined;
  const ringRows = ring && new RingRows(ring, words, isWaiting);
  const storedRows = samples.kind === 'stored' && samples.rows ? new PickedRows(samples.rows) : undefined;
  const arrays = {
    inputs: samples.kind === 'stored' ? samples.samples : (ring as Ring).rows,
    rows: ringRows ?? storedRows,
    areLabels: targets.kind === 'labels',
    areMasks: areMasks(targets),
    ...(await augmentersOf(data, context.seed)),
    sampleShape,
    targets: valuesOf(targets),
    targetShape: targets.shape,
  };
  const source = new SampleSource(arrays, instantiateGather(gather, memory), plan, memory);
  return { length, source, ring: ringRows, bytes: sharedBytesOf(data) };
}

const valuesOf = (targets: Dataset['targets']) => (targets.kind === 'labels' ? targets.labels : targets.values);

/** What augments samples, and what mixes them. Threads load augmentations only where there are some. */
async function augmentersOf(
  { augment, samples, sampleShape, targets }: Omit<WorkerData, 'id'>,
  seed: number,
): Promise<Pick<SampleArrays, 'augmenter' | 'mixer'>> {
  if (augment === undefined) return {};
  const { Augmenter, importAugmentations, isMix, Mixer } = await import('@convoy/datasets/augment');
  await importAugmentations(augment);
  const isBytes = samples.kind === 'ring' ? samples.ring.element === 'uint8' : isUint8Array(samples.samples);
  const options = augmenterOptions({ sampleShape, targets, element: isBytes ? 'uint8' : 'float32' }, seed);
  const mixes = augment.filter(isMix);
  const operations = augment.filter((augmentation) => !isMix(augmentation));
  return {
    augmenter: operations.length > 0 ? new Augmenter(operations, options) : undefined,
    mixer: mixes.length > 0 ? new Mixer(mixes, { sampleShape, element: options.element, seed }) : undefined,
  };
}

/** What is needed to read samples. */
export interface ReadingContext {
  readonly plan: Plan;
  readonly seed: number;
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

  async add(data: WorkerData): Promise<void> {
    this.#sources.set(data.id, await workerSourceOf(data, this.#context));
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
