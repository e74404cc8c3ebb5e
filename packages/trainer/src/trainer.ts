// The data-parallel trainer: workers compute, this thread hands out segments and keeps its event loop free.
import { availableParallelism } from 'node:os';
import { createDataset, type Dataset } from '@convoy/datasets';
import {
  compilePlan,
  type Model,
  type Optimizer,
  optimizerDefinitionOf,
  type Plan,
  type Scores,
  type Sharding,
} from '@convoy/layers';
import { ConvoyError, oneOf, positiveInteger, sizeOf, Tensor } from '@convoy/tensor';
import type { EpochRecord, FitOptions, History } from './callbacks.ts';
import { checkpointAt } from './checkpoint/checkpoint-at.ts';
import { loadCheckpoint } from './checkpoint/checkpoint-directory.ts';
import { assertSameRun } from './checkpoint/compatibility.ts';
import type { TrainingConfiguration, TrainingSnapshot } from './checkpoint/snapshot.ts';
import { checkData, checkInputs, DataRegistry, describeData } from './data-registry.ts';
import { epochsOf } from './epochs.ts';
import { assertWithin, runFit } from './fit.ts';
import type { EpochSettings } from './fit-context.ts';
import { notFinite } from './non-finite.ts';
import { WorkerPool } from './pool/worker-pool.ts';
import { type Profile, profileOf } from './profile.ts';
import { aborted, SegmentRunner } from './segment-runner.ts';
import { LONGEST_SEGMENT, layOutMemory } from './shared/memory-layout.ts';
import { type Order, orderOf } from './shared/order.ts';
import { checkedSettings, type Recipe, type TrainerOptions, type TrainerSettings } from './trainer-options.ts';
import { TrainingMemory } from './training-memory.ts';
import { trainingPart } from './training-part.ts';

export interface RunOptions {
  /** Ends the run; it then rejects with CONVOY_ABORTED. */
  readonly signal?: AbortSignal;
  /** Which parameters: the current ones (default), or their moving average, if the optimizer keeps one (averageDecay). */
  readonly weights?: Weights;
}

export type Weights = 'current' | 'average';

/** Looks at a barrier before sleeping: some 20 µs, about as long as waking a sleeper takes. */
const BARRIER_SPINS = 2000;

/**
 * Compiles the model and starts the workers.
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_SHAPE_MISMATCH, CONVOY_OUT_OF_MEMORY, CONVOY_WORKER_FAILED
 */
export async function createTrainer(options: TrainerOptions): Promise<Trainer> {
  const settings = checkedSettings(options);
  const { model, loss, optimizer, metrics, seed } = settings.recipe;
  const { workers, sharding, stopOnNonFinite, profile } = settings;
  const plan = compilePlan(model, { loss, optimizer, metrics });
  const hyperparameters = hyperparametersOf(optimizer, 0).length;
  const memory = new TrainingMemory(plan, layOutMemory(plan, settings, hyperparameters));
  memory.initialize(model, seed);
  const module = new WebAssembly.Module(plan.module);
  const spins = workers > availableParallelism() ? 0 : BARRIER_SPINS;
  const { layout } = memory;
  const setup = {
    plan,
    module,
    memory: memory.memory,
    layout,
    sharding,
    hyperparameters,
    seed,
    spins,
    stopOnNonFinite,
    profile,
  };
  const pool = await WorkerPool.start(workers, (rank) => ({ rank, ...setup }));
  return new Trainer(settings, plan, module, memory, pool);
}

const hyperparametersOf = (optimizer: Optimizer, step: number, learningRateFactor = 1): readonly number[] =>
  optimizerDefinitionOf(optimizer).hyperparameters(optimizer.settings, step, learningRateFactor);

/** Made by `createTrainer`. Use it with `await using`, or call `dispose()`: worker threads belong to it. */
export class Trainer {
  readonly model: Model;
  readonly workers: number;
  readonly #recipe: Recipe;
  readonly #plan: Plan;
  readonly #module: WebAssembly.Module;
  readonly #sharding: Sharding;
  readonly #memory: TrainingMemory;
  readonly #pool: WorkerPool;
  readonly #data: DataRegistry;
  readonly #segments: SegmentRunner;
  readonly #isProfiling: boolean;
  /** Epochs done, and batches done of the running one. */
  #epoch = 0;
  #batch = 0;
  /** Whether these are all of them: the epoch ended with its validation still to come. */
  #isEpochTrained = false;
  #running = false;
  #disposal: Promise<void> | undefined;

  /** @internal */
  constructor(
    { recipe, sharding, patience, profile }: TrainerSettings,
    plan: Plan,
    module: WebAssembly.Module,
    memory: TrainingMemory,
    pool: WorkerPool,
  ) {
    this.model = recipe.model;
    this.workers = memory.layout.workers;
    this.#recipe = recipe;
    this.#module = module;
    this.#isProfiling = profile;
    this.#plan = plan;
    this.#sharding = sharding;
    this.#memory = memory;
    this.#pool = pool;
    this.#data = new DataRegistry(plan, pool);
    this.#segments = new SegmentRunner(pool, memory, plan, patience);
  }

  /** Steps committed so far. */
  get step(): number {
    return this.#memory.step;
  }

  /**
   * Trains for some epochs. The next call goes on with the epoch that follows, in another order of the samples; one that was ended in the
   * middle is taken again from its start.
   * @throws ConvoyError CONVOY_SHAPE_MISMATCH, CONVOY_INVALID_DATA, CONVOY_DATASET_TOO_SMALL, CONVOY_INVALID_OPTION before training;
   * CONVOY_ABORTED, CONVOY_WORKER_FAILED during it. The parameters are always those of the last committed step.
   */
  async fit(data: Dataset, options: FitOptions): Promise<History> {
    const { validation } = options;
    const train = trainingPart(data, options, this.#sharding.batchSize);
    positiveInteger('epochs', options.epochs);
    checkData('training data', train, this.#plan);
    if (validation) checkData('validation data', validation, this.#plan);
    const configuration = { ...this.#recipe, shuffle: options.shuffle ?? true, samples: train.length };
    return this.#exclusively(options.signal, () => {
      // An epoch that was ended in the middle is taken again, unless a checkpoint says otherwise.
      if (this.#isEpochTrained) this.#endEpoch();
      this.#batch = 0;
      return runFit(train, options, {
        model: this.model,
        batchSize: this.#sharding.batchSize,
        memory: this.#memory,
        configuration,
        position: () => ({ epoch: this.#epoch, batch: this.#batch }),
        resume: (path) => this.#resume(path, configuration, options.epochs),
        trainEpoch: (epoch) =>
          this.#trainEpoch(train, {
            ...epoch,
            signal: options.signal ? AbortSignal.any([options.signal, epoch.signal]) : epoch.signal,
          }),
        endEpoch: () => this.#endEpoch(),
        evaluate: (data) => this.#evaluate(data, options.signal),
      });
    });
  }

  /**
   * `fit` for those who want the loop: `for await (const record of trainer.epochs(train, { epochs: 3 })) …`. The next epoch begins when the
   * body of the loop has ended; leaving the loop ends the fit.
   * @throws ConvoyError as `fit`
   */
  epochs(train: Dataset, options: FitOptions): AsyncGenerator<EpochRecord, History, void> {
    return epochsOf((callback) => this.fit(train, { ...options, callbacks: [...(options.callbacks ?? []), callback] }));
  }

  /**
   * The scores of the current parameters on the data.
   * @throws ConvoyError as `fit`
   */
  async evaluate(data: Dataset, { signal, weights }: RunOptions = {}): Promise<Scores> {
    checkData('data', data, this.#plan);
    const array = this.#arrayOf(weights);
    return this.#exclusively(signal, () => this.#evaluate(data, signal, array));
  }

  /**
   * The model's outputs for a data set or a tensor of samples (N, ...input) as the model sees them.
   * @returns (N, ...output)
   * @throws ConvoyError as `fit`
   */
  async predict(data: Dataset | Tensor, { signal, weights }: RunOptions = {}): Promise<Tensor> {
    const dataset = data instanceof Tensor ? asDataset(data) : data;
    checkInputs('data', dataset, this.#plan);
    const array = this.#arrayOf(weights);
    return this.#exclusively(signal, async () => {
      const { output } = this.#plan;
      const bytes = dataset.length * sizeOf(output) * Float32Array.BYTES_PER_ELEMENT;
      const outputs = new Float32Array(new SharedArrayBuffer(bytes));
      await this.#attempt(async () => {
        await this.#segments.run(
          { kind: 'predict', data: await this.#data.idOf(dataset), weights: array, outputs },
          signal,
        );
      });
      return new Tensor(outputs, [dataset.length, ...output]);
    });
  }

  /**
   * Copies of the parameters by name, of the last committed step.
   * @throws ConvoyError CONVOY_INVALID_OPTION if the optimizer keeps no average that is asked for
   */
  parameters(weights?: Weights): Map<string, Tensor> {
    return this.#memory.parameters(this.#arrayOf(weights));
  }

  /**
   * Replaces some or all parameters.
   * @throws ConvoyError CONVOY_UNKNOWN_NAME, CONVOY_SHAPE_MISMATCH; CONVOY_BUSY while a run is going on
   */
  setParameters(parameters: Iterable<readonly [string, Tensor]>): void {
    this.#assertIdle();
    this.#memory.setParameters(parameters);
  }

  /**
   * Where the workers have spent their time so far; `formatProfile` makes a table of it.
   * @throws ConvoyError CONVOY_INVALID_OPTION if the trainer was created without `profile`
   */
  profile(): Profile {
    if (this.#isProfiling) return profileOf(this.#plan, this.#memory);
    throw new ConvoyError('CONVOY_INVALID_OPTION', {
      given: 'profile() of a trainer that does not measure',
      expected: 'a trainer that was created with profile: true',
      mend: 'Pass profile: true to createTrainer.',
    });
  }

  /** Ends all threads; what is running rejects with CONVOY_DISPOSED. */
  async dispose(): Promise<void> {
    this.#disposal ??= this.#pool.destroy(disposed());
    await this.#disposal;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  async #trainEpoch(train: Dataset, settings: EpochSettings): Promise<boolean> {
    const { shuffle, learningRateFactor, signal } = settings;
    const { seed } = this.#recipe;
    const batches = Math.ceil(train.length / this.#sharding.batchSize);
    const epoch = this.#epoch;
    const start = this.step - this.#batch;
    const trainSegment = async (end: number) => {
      const data = await this.#data.idOf(train);
      const first = this.step - start;
      // A worker can also fail behind its last step: then nothing is left to do.
      const count = end - this.step;
      for (let step = 0; step < count; step++) {
        const numbers = hyperparametersOf(this.#recipe.optimizer, this.step + step, learningRateFactor);
        this.#memory.setHyperparameters(step, numbers);
      }
      if (count > 0) await this.#segments.run({ kind: 'train', data, epoch, shuffle, first, count }, signal);
      if (this.#memory.isNonFinite) throw this.#refusal(train, orderOf(train.length, shuffle, seed, epoch), start);
    };
    try {
      while (this.step < start + batches) {
        const count = Math.min(LONGEST_SEGMENT, settings.stepsToPause(this.step));
        const end = Math.min(start + batches, this.step + count);
        await this.#attempt(() => trainSegment(end));
        this.#batch = this.step - start;
        if (!(await settings.pause())) break;
      }
      return this.#batch === batches;
    } finally {
      this.#batch = this.step - start;
      this.#isEpochTrained = this.#batch === batches;
    }
  }

  /** Why the step that comes next cannot be taken. */
  #refusal(train: Dataset, order: Order, start: number): ConvoyError {
    const { batchSize } = this.#sharding;
    const first = (this.step - start) * batchSize;
    return notFinite({
      model: this.model,
      plan: this.#plan,
      sharding: this.#sharding,
      seed: this.#recipe.seed,
      module: this.#module,
      memory: this.#memory,
      data: describeData(-1, train, this.#plan),
      first,
      samples: Math.min(batchSize, train.length - first),
      order,
    });
  }

  #endEpoch(): void {
    this.#epoch++;
    this.#batch = 0;
    this.#isEpochTrained = false;
  }

  /** Makes a checkpoint the state; the last one of a directory, if it has any. */
  async #resume(
    path: string,
    configuration: TrainingConfiguration,
    epochs: number,
  ): Promise<TrainingSnapshot | undefined> {
    const file = await checkpointAt(path);
    if (file === undefined) return undefined;
    const snapshot = await loadCheckpoint(file);
    assertSameRun(snapshot.configuration, configuration, file);
    assertWithin(epochs, snapshot);
    this.#memory.restore(snapshot);
    this.#epoch = snapshot.position.epoch;
    this.#batch = snapshot.position.batch;
    return snapshot;
  }

  #evaluate(dataset: Dataset, signal: AbortSignal | undefined, weights = 0): Promise<Scores> {
    const count = Math.ceil(dataset.length / this.#sharding.batchSize);
    return this.#attempt(async () => {
      const data = await this.#data.idOf(dataset);
      this.#memory.clearTotals();
      await this.#segments.run({ kind: 'evaluate', data, weights, first: 0, count }, signal);
      // A data set has at least one sample.
      return this.#memory.scores() as Scores;
    });
  }

  /** The array of the state that holds these weights. */
  #arrayOf(weights: Weights = 'current'): number {
    if (oneOf('weights', weights, ['current', 'average']) === 'current') return 0;
    const slot = this.#plan.slots.indexOf('average');
    if (slot >= 0) return 1 + slot;
    throw new ConvoyError('CONVOY_INVALID_OPTION', {
      given: "weights: 'average' with an optimizer that keeps none",
      expected: 'an optimizer with averageDecay',
      mend: "Set its option averageDecay, for example to 0.999, or take weights: 'current'.",
    });
  }

  #attempt<T>(work: () => Promise<T>): Promise<T> {
    return this.#segments.persist(work, () => this.step);
  }

  /** One run at a time: they share the memory. */
  async #exclusively<T>(signal: AbortSignal | undefined, run: () => Promise<T>): Promise<T> {
    this.#assertIdle();
    if (signal?.aborted) throw aborted(signal);
    this.#running = true;
    try {
      return await run();
    } finally {
      this.#running = false;
    }
  }

  #assertIdle(): void {
    if (this.#disposal) throw disposed();
    if (!this.#running) return;
    throw new ConvoyError('CONVOY_BUSY', {
      given: 'a call to a trainer that is running',
      expected: 'one run at a time',
      mend: 'Await the running call first, or create another trainer.',
    });
  }
}

/** A tensor of samples as a data set; nobody looks at its targets. */
function asDataset(inputs: Tensor): Dataset {
  const [length = 0, ...sampleShape] = inputs.shape;
  const labels = new Int32Array(length);
  return createDataset({ sampleShape, inputs: inputs.data, targets: { kind: 'labels', labels, classes: 1 } });
}

const disposed = (): ConvoyError =>
  new ConvoyError('CONVOY_DISPOSED', {
    given: 'a trainer that has been disposed of',
    expected: 'a trainer in use',
    mend: 'Create a new trainer; await its runs before disposing of it.',
  });
