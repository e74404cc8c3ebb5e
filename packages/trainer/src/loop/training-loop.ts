// Takes a model through its steps: hands out segments of an epoch, and knows how far it has come. Callbacks and validation are those of `fit.ts`.
import type { Dataset } from '@convoy/datasets';
import { hyperparametersOf } from '@convoy/layers/compile';
import type { Order, Plan, Sharding } from '@convoy/layers/runtime';
import type { ConvoyError } from '@convoy/tensor';
import { checkpointAt } from '../checkpoint/checkpoint-at.ts';
import { loadCheckpoint } from '../checkpoint/checkpoint-directory.ts';
import { assertSameRun } from '../checkpoint/compatibility.ts';
import type { TrainingConfiguration, TrainingSnapshot } from '../checkpoint/snapshot.ts';
import { notFinite } from '../diagnosis/non-finite.ts';
import { assertWithin } from '../fit/fit.ts';
import type { EpochSettings } from '../fit/fit-context.ts';
import type { Recipe } from '../options.ts';
import { MAX_SEGMENT_STEPS } from '../shared/memory-layout.ts';
import { orderOf } from '../shared/order.ts';
import type { TrainingMemory } from '../shared/training-memory.ts';
import type { DataRegistry } from './data-registry.ts';
import { type CheckedSearch, type LearningRateSearch, searchLearningRate } from './learning-rate-search.ts';
import type { SegmentRunner } from './segment-runner.ts';

/** What a trainer has its loop work with. */
export interface LoopParts {
  readonly recipe: Recipe;
  readonly sharding: Sharding;
  readonly plan: Plan;
  readonly module: WebAssembly.Module;
  readonly memory: TrainingMemory;
  readonly data: DataRegistry;
  readonly segments: SegmentRunner;
}

export class TrainingLoop {
  readonly #parts: LoopParts;
  readonly #memory: TrainingMemory;
  /** Epochs done, and batches done of the running one. */
  #epoch = 0;
  #batch = 0;
  /** Whether these are all of them: the epoch ended with its validation still to come. */
  #isEpochTrained = false;

  constructor(parts: LoopParts) {
    this.#parts = parts;
    this.#memory = parts.memory;
  }

  /** Epochs done, and batches done of the running one. */
  get position(): { readonly epoch: number; readonly batch: number } {
    return { epoch: this.#epoch, batch: this.#batch };
  }

  /** Goes to the start of an epoch: one that was ended in the middle is taken again, unless a checkpoint says otherwise. */
  begin(): void {
    if (this.#isEpochTrained) this.endEpoch();
    this.#batch = 0;
  }

  /** Trains what is left of the running epoch. Returns whether that was all of it: a pause may have ended it. */
  async trainEpoch(train: Dataset, settings: EpochSettings): Promise<boolean> {
    const { shuffle, learningRateFactor, signal } = settings;
    const { recipe, sharding, data, segments } = this.#parts;
    const memory = this.#memory;
    const batches = Math.ceil(train.length / sharding.batchSize);
    const epoch = this.#epoch;
    const start = memory.step - this.#batch;
    const trainSegment = async (end: number) => {
      const id = await data.idOf(train);
      const first = memory.step - start;
      // A worker can also fail behind its last step: then nothing is left to do.
      const count = end - memory.step;
      for (let step = 0; step < count; step++) {
        const numbers = hyperparametersOf(recipe.optimizer, memory.step + step, learningRateFactor);
        memory.setHyperparameters(step, numbers);
      }
      if (count > 0) await segments.run({ kind: 'train', data: id, epoch, shuffle, first, count }, signal);
      if (memory.isNonFinite) throw this.#refusal(train, orderOf(train.length, shuffle, recipe.seed, epoch), start);
    };
    try {
      while (memory.step < start + batches) {
        const count = Math.min(MAX_SEGMENT_STEPS, settings.stepsToPause(memory.step));
        const end = Math.min(start + batches, memory.step + count);
        await segments.persist(
          () => trainSegment(end),
          () => memory.step,
        );
        this.#batch = memory.step - start;
        if (!(await settings.pause())) break;
      }
      return this.#batch === batches;
    } finally {
      this.#batch = memory.step - start;
      this.#isEpochTrained = this.#batch === batches;
    }
  }

  /** Counts the epoch as done. */
  endEpoch(): void {
    this.#epoch++;
    this.#batch = 0;
    this.#isEpochTrained = false;
  }

  /** Makes a checkpoint the state; the last one of a directory, if it has any. */
  async resume(
    path: string,
    configuration: TrainingConfiguration,
    epochs: number,
  ): Promise<TrainingSnapshot | undefined> {
    const file = await checkpointAt(path);
    if (file === undefined) return undefined;
    const snapshot = await loadCheckpoint(file);
    assertSameRun(snapshot.configuration, configuration, file);
    assertWithin(epochs, snapshot);
    this.#memory.restore({ ...snapshot, ...snapshot.position });
    this.#epoch = snapshot.position.epoch;
    this.#batch = snapshot.position.batch;
    return snapshot;
  }

  /** Takes steps with rising learning rates, then puts the state back as it was. */
  async searchLearningRate(
    train: Dataset,
    search: CheckedSearch,
    signal: AbortSignal | undefined,
  ): Promise<LearningRateSearch> {
    const memory = this.#memory;
    const before = memory.state();
    let steps = 0;
    try {
      return await searchLearningRate(search, (rate) => this.#lossAt(train, rate, steps++, signal));
    } finally {
      memory.restore(before);
    }
  }

  /** Takes one step with a learning rate; returns the loss of its batch, NaN if the step was refused for its loss. */
  async #lossAt(train: Dataset, rate: number, batch: number, signal: AbortSignal | undefined): Promise<number> {
    const { recipe, sharding, data, segments } = this.#parts;
    const memory = this.#memory;
    const { step } = memory;
    const batches = Math.ceil(train.length / sharding.batchSize);
    const epoch = this.#epoch + Math.floor(batch / batches);
    const { type, settings } = recipe.optimizer;
    const numbers = hyperparametersOf({ type, settings: { ...settings, learningRate: rate } }, step);
    memory.clearTotals();
    await segments.persist(
      async () => {
        const id = await data.idOf(train);
        if (memory.step > step) return;
        memory.setHyperparameters(0, numbers);
        await segments.run({ kind: 'train', data: id, epoch, shuffle: true, first: batch % batches, count: 1 }, signal);
      },
      () => memory.step,
    );
    return memory.scores()?.loss ?? Number.NaN;
  }

  /** Why the step that comes next cannot be taken. */
  #refusal(train: Dataset, order: Order, start: number): ConvoyError {
    const { recipe, sharding, plan, module, data } = this.#parts;
    const first = (this.#memory.step - start) * sharding.batchSize;
    return notFinite({
      model: recipe.model,
      plan,
      sharding,
      seed: recipe.seed,
      module,
      memory: this.#memory,
      data: data.describe(-1, train),
      first,
      samples: Math.min(sharding.batchSize, train.length - first),
      order,
    });
  }
}
