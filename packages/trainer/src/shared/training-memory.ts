// The main thread's view of the shared memory: starts and stops segments, watches them, reads and writes parameters.
import { type Model, parametersOf, type Scores } from '@convoy/layers';
import { initialValues, TrainingState } from '@convoy/layers/compile';
import { CACHE_LINE, type Plan } from '@convoy/layers/runtime';
import type { Tensor } from '@convoy/tensor';
import { createSharedMemory, PAGE_BYTES } from '@convoy/tensor/memory';
import { abandonSegment } from './barrier.ts';
import { CONTROL_WORDS, Control } from './control.ts';
import type { MemoryLayout } from './memory-layout.ts';
import { Activity, WorkerStatus } from './worker-status.ts';

const FLOAT_BYTES = 4;

/** Everything in the memory that steps change. */
export interface MemoryState {
  /** Steps committed. */
  readonly step: number;
  /** The samples counted since `clearTotals`, then the sum of each score over them. */
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
  readonly #state: TrainingState;
  readonly #totalsCopies: readonly [Float64Array, Float64Array];
  /** The status of each worker, by rank. */
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
    const count = 1 + plan.scores.length;
    this.#totalsCopies = [new Float64Array(buffer, first, count), new Float64Array(buffer, second, count)];
    this.#state = new TrainingState(plan, buffer, layout.states, () => this.step);
    this.statuses = layout.engines.map((_, rank) => new WorkerStatus(buffer, layout.statuses, rank));
  }

  /** Initializes the parameters. */
  initialize(model: Model, seed: number): void {
    for (const spec of parametersOf(model)) {
      this.#state.view(spec.name).data.set(initialValues(spec.initializer, spec, seed));
    }
    this.#state.startSlots();
  }

  /** Prepares a segment. No worker is running. */
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
    for (const line of this.layout.backwardProgress)
      this.#floats.fill(0, line / FLOAT_BYTES, (line + CACHE_LINE) / FLOAT_BYTES);
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

  /** Resets the sums of samples and scores. */
  clearTotals(): void {
    this.#totals.fill(0);
  }

  /** The samples counted since `clearTotals`. While a segment runs, this is an approximation: a step may be half added. */
  get samples(): number {
    return this.#totals[0] as number;
  }

  /** Means of the scores over these samples; undefined before the first sample. */
  scores(): Scores | undefined {
    const { samples } = this;
    if (samples === 0) return undefined;
    const entries = this.#plan.scores.map((name, i) => [name, (this.#totals[1 + i] as number) / samples]);
    return Object.fromEntries(entries) as Scores;
  }

  /** Copies of the parameters by name, all of the same step; or of another array of the state. */
  parameters(array = 0): Map<string, Tensor> {
    return this.#state.copies(array);
  }

  /** A copy of everything that steps change. No worker is running. */
  state(): MemoryState {
    return {
      step: this.step,
      totals: [...this.#totals],
      parameters: this.parameters(),
      slots: new Map(this.#plan.slots.map((slot, i) => [slot, this.parameters(1 + i)])),
    };
  }

  /** Restores a state with the same parameters, slots and scores. No worker is running. */
  restore({ step, totals, parameters, slots }: MemoryState): void {
    Atomics.store(this.#words, Control.step, step | 0);
    for (const [name, tensor] of parameters) this.#state.view(name).data.set(tensor.data);
    for (const [i, slot] of this.#plan.slots.entries()) {
      for (const [name, tensor] of slots.get(slot) ?? []) this.#state.view(name, 1 + i).data.set(tensor.data);
    }
    this.#totals.set(totals);
  }

  /** @throws ConvoyError CONVOY_UNKNOWN_NAME, CONVOY_SHAPE_MISMATCH; then no parameter has changed */
  setParameters(parameters: Iterable<readonly [string, Tensor]>): void {
    this.#state.setParameters(parameters);
  }

  get #totals(): Float64Array {
    return this.#totalsCopies[(this.step & 1) as 0 | 1];
  }
}

/** @throws ConvoyError CONVOY_OUT_OF_MEMORY */
export const allocate = (pages: number): WebAssembly.Memory =>
  createSharedMemory({
    what: 'a model',
    bytes: pages * PAGE_BYTES,
    details: 'with its workers',
    fix: 'Take fewer workers, fewer shards (maxShards), a smaller model, or a machine with more memory.',
  });
