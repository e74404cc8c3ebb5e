// The main thread's view of the shared memory: starts and stops segments, watches them, reads and writes parameters.
import {
  CACHE_LINE,
  initialValues,
  type Model,
  type Plan,
  type PlanParameter,
  parametersOf,
  type Scores,
  startSlots,
} from '@convoy/layers';
import { ConvoyError, formatShape, sameShape, sizeOf, Tensor } from '@convoy/tensor';
import { abandonSegment } from './barrier.ts';
import { CONTROL_WORDS, Control } from './control.ts';
import type { MemoryLayout } from './memory-layout.ts';
import { Activity, WorkerStatus } from './worker-status.ts';

const FLOAT_BYTES = 4;

/** Everything in the memory that steps change. */
export interface MemoryState {
  /** Steps committed. */
  readonly step: number;
  /** The samples counted since `clearTotals`, then the sum of each statistic over them. */
  readonly totals: readonly number[];
  /** By name, in the order of the model. */
  readonly parameters: ReadonlyMap<string, Tensor>;
  /** The optimizer's arrays, such as `velocity`, each by the name of its parameter. */
  readonly slots: ReadonlyMap<string, ReadonlyMap<string, Tensor>>;
}

export class TrainingMemory {
  readonly memory: WebAssembly.Memory;
  readonly layout: MemoryLayout;
  readonly #plan: Plan;
  readonly #words: Int32Array;
  readonly #floats: Float32Array;
  readonly #totalsCopies: readonly [Float64Array, Float64Array];
  /** Where each worker is, by rank. */
  readonly statuses: readonly WorkerStatus[];

  /** @param memory all zeros, of `layout.pages` or more */
  constructor(plan: Plan, layout: MemoryLayout, memory: WebAssembly.Memory = allocate(layout.pages)) {
    this.memory = memory;
    const { buffer } = memory;
    this.layout = layout;
    this.#plan = plan;
    this.#words = new Int32Array(buffer, layout.control, CONTROL_WORDS);
    this.#floats = new Float32Array(buffer);
    const [first, second] = layout.totals;
    const count = 1 + plan.statistics.length;
    this.#totalsCopies = [new Float64Array(buffer, first, count), new Float64Array(buffer, second, count)];
    this.statuses = layout.workspaces.map((_, rank) => new WorkerStatus(buffer, layout.statuses, rank));
  }

  /** Fills the parameters as their initialisers say. */
  initialize(model: Model, seed: number): void {
    for (const spec of parametersOf(model)) this.#view(spec.name).data.set(initialValues(spec.initializer, spec, seed));
    this.#startSlots();
  }

  /** Makes ready for a segment that starts at its first batch. No worker is running. */
  beginSegment(): void {
    for (const slot of [
      Control.stop,
      Control.abandon,
      Control.ended,
      Control.nonFinite,
      Control.next,
      Control.arrived,
    ]) {
      Atomics.store(this.#words, slot, 0);
    }
    for (const line of this.layout.asides) this.#floats.fill(0, line / FLOAT_BYTES, (line + CACHE_LINE) / FLOAT_BYTES);
    for (const status of this.statuses) status.enter(Activity.called);
  }

  /** Sets the optimizer's numbers of one step of the next segment. */
  setHyperparameters(step: number, numbers: readonly number[]): void {
    this.#floats.set(numbers, this.layout.hyperparameters / FLOAT_BYTES + step * numbers.length);
  }

  /** Ends the running segment after its running step. */
  requestStop(): void {
    Atomics.store(this.#words, Control.stop, 1);
  }

  /** Makes all workers leave the running segment at once, wherever they are. */
  abandon(): void {
    abandonSegment(this.#words);
  }

  /** Whether the last segment ended before a step whose loss is not finite. */
  get isNonFinite(): boolean {
    return Atomics.load(this.#words, Control.nonFinite) !== 0;
  }

  /** Steps committed so far. */
  get step(): number {
    return Atomics.load(this.#words, Control.step) >>> 0;
  }

  /** Forgets the sums of samples and statistics. */
  clearTotals(): void {
    this.#totals.fill(0);
  }

  /** The samples counted since `clearTotals`. While a segment runs this is a glance: a step may be half added. */
  get samples(): number {
    return this.#totals[0] as number;
  }

  /** Means of the statistics over these samples; undefined before the first. */
  scores(): Scores | undefined {
    const { samples } = this;
    if (samples === 0) return undefined;
    const entries = this.#plan.statistics.map((name, i) => [name, (this.#totals[1 + i] as number) / samples]);
    return Object.fromEntries(entries) as Scores;
  }

  /** Copies of the parameters by name, all of the same step, or of what another array of the state holds for them. */
  parameters(array = 0): Map<string, Tensor> {
    // While a segment runs, the copy of the state that is read here is written again as soon as a step is committed.
    for (;;) {
      const { step } = this;
      const copies = new Map(this.#plan.parameters.map(({ name }) => [name, this.#view(name, array).clone()]));
      if (this.step === step) return copies;
    }
  }

  /** A copy of everything that steps change. No worker is running. */
  state(): MemoryState {
    const { slots, parameters } = this.#plan;
    const slotsOf = (array: number) => new Map(parameters.map(({ name }) => [name, this.#view(name, array).clone()]));
    return {
      step: this.step,
      totals: [...this.#totals],
      parameters: this.parameters(),
      slots: new Map(slots.map((slot, i) => [slot, slotsOf(1 + i)])),
    };
  }

  /** Restores a state with the same parameters, slots and statistics. No worker is running. */
  restore({ step, totals, parameters, slots }: MemoryState): void {
    Atomics.store(this.#words, Control.step, step | 0);
    for (const [name, tensor] of parameters) this.#view(name).data.set(tensor.data);
    for (const [i, slot] of this.#plan.slots.entries()) {
      for (const [name, tensor] of slots.get(slot) ?? []) this.#view(name, 1 + i).data.set(tensor.data);
    }
    this.#totals.set(totals);
  }

  /** @throws ConvoyError CONVOY_UNKNOWN_NAME, CONVOY_SHAPE_MISMATCH; then no parameter has changed */
  setParameters(parameters: Iterable<readonly [string, Tensor]>): void {
    const pairs = [...parameters].map(([name, tensor]) => [this.#view(name), tensor, name] as const);
    for (const [own, tensor, name] of pairs) {
      if (sameShape(own.shape, tensor.shape)) continue;
      throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
        given: `'${name}' of shape ${formatShape(tensor.shape)}`,
        expected: formatShape(own.shape),
        fix: 'Take the parameters of a model with the same layers.',
      });
    }
    for (const [own, tensor] of pairs) own.data.set(tensor.data);
    if (this.step === 0) this.#startSlots();
  }

  /** What the optimizer keeps starts from the parameters, until the first step. */
  #startSlots(): void {
    startSlots(this.#plan, this.#floats, this.stateAddress / FLOAT_BYTES);
  }

  /** The address of the current copy of the state. */
  get stateAddress(): number {
    return this.layout.states[(this.step & 1) as 0 | 1];
  }

  get #totals(): Float64Array {
    return this.#totalsCopies[(this.step & 1) as 0 | 1];
  }

  /** A view of a parameter, or of what array number `array` of the state holds for it. */
  #view(name: string, array = 0): Tensor {
    const entry = this.#entry(name);
    const at = this.stateAddress / FLOAT_BYTES + array * this.#plan.parameterFloats + entry.offset;
    return new Tensor(this.#floats.subarray(at, at + sizeOf(entry.shape)), entry.shape);
  }

  #entry(name: string): PlanParameter {
    const entry = this.#plan.parameters.find((parameter) => parameter.name === name);
    if (entry) return entry;
    throw new ConvoyError('CONVOY_UNKNOWN_NAME', {
      given: `the parameter '${name}'`,
      expected: `one of ${this.#plan.parameters.map((parameter) => parameter.name).join(', ')}`,
      fix: 'Take the names that parameters() lists.',
    });
  }
}

/** @throws ConvoyError CONVOY_OUT_OF_MEMORY */
export function allocate(pages: number): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  } catch (cause) {
    throw new ConvoyError('CONVOY_OUT_OF_MEMORY', {
      given: `a model that needs ${pages / 16} MiB with its workers`,
      expected: 'as much free memory, in one piece',
      fix: 'Take fewer workers, fewer shards (maxShards), a smaller model, or a machine with more memory.',
      cause,
    });
  }
}
