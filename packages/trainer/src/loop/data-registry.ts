// The data sets that the workers know: each is sent once, and removed when others need its place.
import { type Dataset, elementOf } from '@convoy/datasets';
import { compileGather, type SampleEncoding } from '@convoy/layers/compile';
import type { GatherModule, Plan } from '@convoy/layers/runtime';
import { LruCache } from '@convoy/tensor/lru-cache';
import type { WorkerPool } from '../pool/worker-pool.ts';
import { dropShared } from '../shared/dropped-memory.ts';
import { sharedBytesOf, type WorkerData } from '../shared/segment.ts';

/** How many data sets are kept at a time: those of training and validation. What is kept longer takes memory that its user has dropped. */
const MAX_DATASETS = 2;
/** How many gather kernels are kept at a time. */
const MAX_GATHERS = 4;

export class DataRegistry {
  readonly #plan: Plan;
  readonly #pool: WorkerPool;
  readonly #ids = new LruCache<Dataset, { readonly id: number; readonly bytes: number }>(MAX_DATASETS);
  #nextId = 0;
  /** By encoding. Parts of a data set, and usually its validation data, have the same encoding. */
  readonly #gathers = new LruCache<string, GatherModule>(MAX_GATHERS);

  constructor(plan: Plan, pool: WorkerPool) {
    this.#plan = plan;
    this.#pool = pool;
  }

  /**
   * The number by which all workers know the data set.
   * @throws WorkerFailure
   */
  async idOf(dataset: Dataset): Promise<number> {
    const known = this.#ids.get(dataset);
    if (known !== undefined) return known.id;
    const id = this.#nextId++;
    await this.#pool.addData(this.describe(id, dataset));
    const removed = this.#ids.set(dataset, { id, bytes: sharedBytesOf(dataset) });
    if (removed !== undefined) {
      await this.#pool.removeData(removed.id);
      dropShared(removed.bytes);
    }
    return id;
  }

  /** What a worker needs to read a data set. */
  describe(id: number, dataset: Dataset): WorkerData {
    const encoding = encodingOf(dataset);
    const { source, scale, offset } = encoding;
    // `join` would write −0 as 0.
    const key = [source, ...scale, ...offset].map((part) => (Object.is(part, -0) ? '-0' : part)).join();
    const gather = this.#gathers.getOrCreate(key, () => compileGather(this.#plan.input, encoding));
    return { id, dataset, gather };
  }
}

const encodingOf = ({ source, normalization }: Dataset): SampleEncoding => ({
  source: elementOf(source) === 'float32' ? 'f32' : 'u8',
  ...normalization,
});
