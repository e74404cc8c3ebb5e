// The data sets that the workers know: each is sent once, and removed when others need its place.
import { type Dataset, elementOf } from '@convoy/datasets';
import type { Augmentation } from '@convoy/datasets/augment';
import { compileGather, type SampleEncoding } from '@convoy/layers/compile';
import type { GatherModule, Plan } from '@convoy/layers/runtime';
import { LruCache } from '@convoy/tensor/lru-cache';
import type { WorkerPool } from '../pool/worker-pool.ts';
import { dropShared } from '../shared/dropped-memory.ts';
import { sharedBytesOf, type WorkerData } from '../shared/segment.ts';
import type { OpenedData } from '../stream/opened-data.ts';

/** Augmentations of samples, in their order. */
export type Augmentations = readonly Augmentation[] | undefined;

/** How many data sets workers keep at a time: those of training and validation. Others take memory that their user may have dropped. */
const MAX_SENT = 2;
/** How many data sets that were opened, and gather kernels, are kept at a time. To open one may take long. */
export const MAX_KEPT = 4;

export class DataRegistry {
  readonly #plan: Plan;
  readonly #pool: WorkerPool;
  /** By data set, or stream of one, and by augmentations. */
  readonly #ids = new LruCache<object, { readonly id: number; readonly bytes: number }>(MAX_SENT);
  readonly #augmented = new WeakMap<object, Map<string, object>>();
  #nextId = 0;
  /** By encoding. Parts of a data set, and usually its validation data, have the same encoding. */
  readonly #gathers = new LruCache<string, GatherModule>(MAX_KEPT);

  constructor(plan: Plan, pool: WorkerPool) {
    this.#plan = plan;
    this.#pool = pool;
  }

  /**
   * The number by which all workers know the data set.
   * @throws WorkerFailure
   */
  async idOf(opened: OpenedData, augment?: Augmentations): Promise<number> {
    const key = this.#keyOf(opened.kind === 'stream' ? opened.stream : opened.dataset, augment);
    const known = this.#ids.get(key);
    if (known !== undefined) return known.id;
    const id = this.#nextId++;
    const data = this.describe(id, opened, augment);
    await this.#pool.addData(data);
    const removed = this.#ids.set(key, { id, bytes: sharedBytesOf(data) });
    if (removed !== undefined) {
      await this.#pool.removeData(removed.id);
      dropShared(removed.bytes);
    }
    return id;
  }

  /** What a worker needs to read a data set. */
  describe(id: number, opened: OpenedData, augment?: Augmentations): WorkerData {
    const { length, sampleShape, targets } = opened.dataset;
    const encoding = encodingOf(opened.dataset);
    const { source, scale, offset } = encoding;
    // `join` would write −0 as 0.
    const key = [source, ...scale, ...offset].map((part) => (Object.is(part, -0) ? '-0' : part)).join();
    const gather = this.#gathers.getOrCreate(key, () => compileGather(this.#plan.input, encoding));
    const samples =
      opened.kind === 'stream' ? ({ kind: 'ring', ring: opened.stream.layout } as const) : opened.dataset.source;
    return { id, length, sampleShape, targets, samples, gather, augment };
  }

  /** The same object for the same data set with the same augmentations. */
  #keyOf(data: object, augment: Augmentations): object {
    if (augment === undefined) return data;
    const keys = this.#augmented.get(data) ?? new Map<string, object>();
    this.#augmented.set(data, keys);
    const description = JSON.stringify(augment);
    const key = keys.get(description) ?? {};
    keys.set(description, key);
    return key;
  }
}

const encodingOf = ({ source, normalization }: Dataset): SampleEncoding => ({
  source: elementOf(source) === 'float32' ? 'f32' : 'u8',
  ...normalization,
});
