// The data sets that the workers know: each is sent once, and removed when others need its place.
import type { Dataset } from '@convoy/datasets';
import { compileGather, type SampleEncoding } from '@convoy/layers/compile';
import type { GatherModule, Plan } from '@convoy/layers/runtime';
import type { WorkerPool } from '../pool/worker-pool.ts';
import type { WorkerData } from '../shared/segment.ts';

/** How many data sets, and gather kernels, are kept at a time: those of training and validation, and two to spare. */
const MAX_KEPT = 4;

export class DataRegistry {
  readonly #plan: Plan;
  readonly #pool: WorkerPool;
  /** Least recently used first. */
  readonly #ids = new Map<Dataset, number>();
  #nextId = 0;
  /** By encoding, least recently used first. Parts of a data set, and usually its validation data, have the same encoding. */
  readonly #gathers = new Map<string, GatherModule>();

  constructor(plan: Plan, pool: WorkerPool) {
    this.#plan = plan;
    this.#pool = pool;
  }

  /**
   * The number by which all workers know the data set.
   * @throws WorkerFailure
   */
  async idOf(dataset: Dataset): Promise<number> {
    const id = this.#ids.get(dataset) ?? (await this.#send(dataset));
    this.#ids.delete(dataset);
    this.#ids.set(dataset, id);
    for (const [oldest, oldId] of this.#ids) {
      if (this.#ids.size <= MAX_KEPT) break;
      this.#ids.delete(oldest);
      await this.#pool.removeData(oldId);
    }
    return id;
  }

  async #send(dataset: Dataset): Promise<number> {
    const id = this.#nextId++;
    await this.#pool.addData(this.describe(id, dataset));
    return id;
  }

  /** What a worker needs to read a data set. */
  describe(id: number, dataset: Dataset): WorkerData {
    const encoding = encodingOf(dataset);
    const { source, scale, offset } = encoding;
    // `join` would write −0 as 0.
    const key = [source, ...scale, ...offset].map((part) => (Object.is(part, -0) ? '-0' : part)).join();
    const gather = this.#gathers.get(key) ?? compileGather(this.#plan.input, encoding);
    this.#gathers.delete(key);
    this.#gathers.set(key, gather);
    if (this.#gathers.size > MAX_KEPT) this.#gathers.delete(this.#gathers.keys().next().value as string);
    return { id, dataset, gather };
  }
}

const encodingOf = ({ inputs, normalization }: Dataset): SampleEncoding => ({
  source: inputs instanceof Float32Array ? 'f32' : 'u8',
  ...normalization,
});
