// The data sets that workers know: checked against the model, sent once, dropped when another one needs the room.
import type { Dataset } from '@convoy/datasets';
import { compileGather, type SampleEncoding } from '@convoy/layers/compile';
import type { GatherModule, Plan } from '@convoy/layers/runtime';
import { ConvoyError, formatShape, sameShape } from '@convoy/tensor';
import type { WorkerPool } from '../pool/worker-pool.ts';
import type { WorkerData } from '../shared/segment.ts';

/** Data sets, and gather kernels, kept at a time: training and validation data, and some to spare. */
const MAX_KEPT = 4;

export class DataRegistry {
  readonly #plan: Plan;
  readonly #pool: WorkerPool;
  /** Least recently used first. */
  readonly #ids = new Map<Dataset, number>();
  #nextId = 0;
  /** By encoding, least recently used first: parts of a data set, and most often its validation data, have the same one. */
  readonly #gathers = new Map<string, GatherModule>();

  constructor(plan: Plan, pool: WorkerPool) {
    this.#plan = plan;
    this.#pool = pool;
  }

  /** The number under which all workers know the data set. */
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
    // JSON would not tell −0 from 0.
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

/** @throws ConvoyError CONVOY_SHAPE_MISMATCH, CONVOY_INVALID_DATA if a model with this plan cannot learn from the data */
export function checkData(name: string, dataset: Dataset, plan: Plan): void {
  checkInputs(name, dataset, plan);
  checkTargets(name, dataset.targets, plan);
}

function checkTargets(name: string, targets: Dataset['targets'], { targets: form, output }: Plan): void {
  // What is no label is stored as values, whatever these mean.
  const kind = form.kind === 'labels' ? 'labels' : 'values';
  if (targets.kind !== kind) {
    throw new ConvoyError('CONVOY_INVALID_DATA', {
      given: `${name} with ${targets.kind} as targets`,
      expected: `${kind}, which the loss compares with`,
      fix: 'Change the loss, or the targets of the data.',
    });
  }
  if (targets.kind === 'labels' && targets.classes > (output[0] as number)) {
    throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
      given: `${name} with ${targets.classes} classes for a model with ${output[0]} outputs`,
      expected: 'at least one output a class',
      fix: `Give the last layer ${targets.classes} units or filters.`,
    });
  }
  if (!sameShape(targets.shape, form.shape)) {
    throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
      given: `${name} with ${targets.kind === 'labels' ? 'labels' : 'targets'} of shape ${formatShape(targets.shape)}`,
      expected: `${formatShape(form.shape)}, as the model's output has the shape ${formatShape(output)}`,
      fix: 'Change the last layer of the model, or the shape of the targets.',
    });
  }
  if (targets.kind === 'labels' && targets.ignoreLabel !== undefined && targets.ignoreLabel !== form.ignoreLabel) {
    throw new ConvoyError('CONVOY_INVALID_DATA', {
      given: `${name} with the ignored label ${targets.ignoreLabel}`,
      expected: 'a loss that ignores it',
      fix: `Set ignoreLabel: ${targets.ignoreLabel} in the loss.`,
    });
  }
}

/** @throws ConvoyError CONVOY_SHAPE_MISMATCH if a model with this plan cannot take the inputs */
export function checkInputs(name: string, { sampleShape }: Dataset, plan: Plan): void {
  if (sameShape(sampleShape, plan.input)) return;
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `${name} with samples of shape ${formatShape(sampleShape)}`,
    expected: `${formatShape(plan.input)}, the model's input`,
    fix: "Build the model with the data's sampleShape as its input.",
  });
}

/** @throws ConvoyError CONVOY_INVALID_DATA if the data has no classes */
export function labelsOf({ targets }: Dataset): Extract<Dataset['targets'], { kind: 'labels' }> {
  if (targets.kind === 'labels') return targets;
  throw new ConvoyError('CONVOY_INVALID_DATA', {
    given: 'data with values as targets',
    expected: 'labels, the class of each sample',
    fix: 'Call evaluate, which gives the scores of any model.',
  });
}
