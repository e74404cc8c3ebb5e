// The data-parallel trainer: workers compute, this thread hands out segments and keeps its event loop free.
import { availableParallelism } from 'node:os';
import { createDataset, type Dataset } from '@convoy/datasets';
import {
  type ClassReport,
  classReport,
  confusionMatrix,
  type Model,
  type Scores,
} from '@convoy/layers';
import type { Plan, Sharding } from '@convoy/layers/runtime';
import { ConvoyError, oneOf, positiveInteger, Tensor } from '@convoy/tensor';
import { type Profile, profileOf } from './diagnosis/profile.ts';
import type { FitOptions, History, Weights } from './fit/callback.ts';
import { epochsOf } from './fit/epochs.ts';
import { withFastDevRun } from './fit/fast-dev-run.ts';
import { runFit } from './fit/fit.ts';
import { trainingPart } from './fit/training-part.ts';
import { checkData, checkInputs, DataRegistry, labelsOf } from './loop/data-registry.ts';
import { Evaluation } from './loop/evaluation.ts';
import { checkedSearch, type LearningRateSearch, type LearningRateSearchOptions } from './loop/learning-rate-search.ts';
import { aborted, SegmentRunner } from './loop/segment-runner.ts';
import { TrainingLoop } from './loop/training-loop.ts';
import { planOf } from './loop/training-plan.ts';
import { checkedSettings, type Recipe, type TrainerOptions, type TrainerSettings } from './options.ts';
import { WorkerPool } from './pool/worker-pool.ts';
import { layOutMemory } from './shared/memory-layout.ts';
import type { EpochRecord } from './shared/records.ts';
import { TrainingMemory } from './shared/training-memory.ts';
import { compileModule } from './simd/plan-module.ts';

export interface RunOptions {
  /** Ends the run; it then rejects with CONVOY_ABORTED. */
  readonly signal?: AbortSignal;
  /** Default 'current'. */
  readonly weights?: Weights;
}

/** How a classifier does on a data set. */
export interface ClassEvaluation {
  /** As `evaluate` gives them. */
  readonly scores: Scores;
  /** (classes, classes): how many samples of each class (row) were taken for each class (column). */
  readonly confusionMatrix: Tensor;
  /** Precision, recall and F1 of each class; `formatClassReport` makes a table of it. */
  readonly classReport: ClassReport;
}

/**
 * Compiles the model and starts the workers.
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_SHAPE_MISMATCH, CONVOY_WIDE_UNAVAILABLE, CONVOY_OUT_OF_MEMORY, CONVOY_WORKER_FAILED
 */
export async function createTrainer(options: TrainerOptions): Promise<Trainer> {
  const settings = checkedSettings(options);
  const { model, optimizer, seed } = settings.recipe;
  const { workers, sharding, simd, stopOnNonFinite, profile } = settings;
  const plan = planOf(settings);
  const memory = new TrainingMemory(plan, layOutMemory(plan, settings));
  const module = compileModule({ plan, model, optimizer, seed }, simd, memory.memory);
  memory.initialize(model, seed);
  const { layout } = memory;
  const setup = {
    // Workers get the module compiled; a copy of its bytes in each thread would be of no use.
    plan: { ...plan, module: new Uint8Array(0) },
    module,
    memory: memory.memory,
    layout,
    sharding,
    seed,
    cores: availableParallelism(),
    stopOnNonFinite,
    profile,
  };
  const pool = await WorkerPool.start(workers, (rank) => ({ rank, ...setup }));
  return new Trainer(settings, plan, module, memory, pool);
}

/** Made by `createTrainer`. Use it with `await using`, or call `dispose()`: worker threads belong to it. */
export class Trainer {
  readonly model: Model;
  readonly workers: number;
  readonly #recipe: Recipe;
  readonly #plan: Plan;
  readonly #sharding: Sharding;
  readonly #memory: TrainingMemory;
  readonly #pool: WorkerPool;
  readonly #loop: TrainingLoop;
  readonly #evaluation: Evaluation;
  readonly #isProfiling: boolean;
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
    this.#isProfiling = profile;
    this.#plan = plan;
    this.#sharding = sharding;
    this.#memory = memory;
    this.#pool = pool;
    const data = new DataRegistry(plan, pool);
    const segments = new SegmentRunner(pool, memory, plan, patience);
    const parts = { recipe, sharding, plan, module, memory, data, segments };
    this.#loop = new TrainingLoop(parts);
    this.#evaluation = new Evaluation(parts);
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
  async fit(data: Dataset, fitOptions: FitOptions): Promise<History> {
    positiveInteger('epochs', fitOptions.epochs);
    const { batchSize } = this.#sharding;
    const options = withFastDevRun(fitOptions, batchSize);
    const { validation, validationWeights } = options;
    const train = trainingPart(data, options, batchSize);
    checkData('training data', train, this.#plan);
    if (validation) checkData('validation data', validation, this.#plan);
    const validated = this.#arrayOf(validationWeights);
    const configuration = { ...this.#recipe, shuffle: options.shuffle ?? true, samples: train.length };
    return this.#exclusively(options.signal, () => {
      const loop = this.#loop;
      loop.begin();
      return runFit(train, options, {
        model: this.model,
        batchSize,
        memory: this.#memory,
        configuration,
        position: () => loop.position,
        resume: (path) => loop.resume(path, configuration, options.epochs),
        trainEpoch: (epoch) =>
          loop.trainEpoch(train, {
            ...epoch,
            signal: options.signal ? AbortSignal.any([options.signal, epoch.signal]) : epoch.signal,
          }),
        endEpoch: () => loop.endEpoch(),
        evaluate: (data) => this.#evaluation.evaluate(data, options.signal, validated),
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
   * Looks for a learning rate: trains with a rate that grows exponentially from step to step, until the loss runs away. Afterwards the trainer
   * is as before, to the last bit: parameters, optimizer, steps. The optimizer's own learning rate, or schedule, has no part in it. The rule
   * is the range test of L. N. Smith, Cyclical Learning Rates for Training Neural Networks (2015), with what is usually read off it: the rate
   * at which the smoothed loss falls most steeply. `formatLearningRateSearch` makes a chart of the result.
   * @throws ConvoyError as `fit`; a loss that is not finite only ends the search
   */
  async findLearningRate(
    data: Dataset,
    { signal, ...options }: LearningRateSearchOptions & Pick<RunOptions, 'signal'> = {},
  ): Promise<LearningRateSearch> {
    const search = checkedSearch(options);
    const train = trainingPart(data, {}, this.#sharding.batchSize);
    checkData('training data', train, this.#plan);
    return this.#exclusively(signal, () => this.#loop.searchLearningRate(train, search, signal));
  }

  /**
   * The scores of the current parameters on the data.
   * @throws ConvoyError as `fit`
   */
  async evaluate(data: Dataset, { signal, weights }: RunOptions = {}): Promise<Scores> {
    checkData('data', data, this.#plan);
    const array = this.#arrayOf(weights);
    return this.#exclusively(signal, () => this.#evaluation.evaluate(data, signal, array));
  }

  /**
   * The scores of a classifier on the data, and how it does at each class. Takes the data twice: once for the scores, once for the classes.
   * @throws ConvoyError as `fit`; CONVOY_INVALID_DATA if the model predicts no classes, CONVOY_NOT_FINITE if an output is NaN
   */
  async evaluateClasses(data: Dataset, { signal, weights }: RunOptions = {}): Promise<ClassEvaluation> {
    checkData('data', data, this.#plan);
    const { labels, ignoreLabel } = labelsOf(data);
    const array = this.#arrayOf(weights);
    return this.#exclusively(signal, async () => {
      const scores = await this.#evaluation.evaluate(data, signal, array);
      const outputs = await this.#evaluation.predict(data, signal, array);
      const matrix = confusionMatrix(outputs, labels, ignoreLabel);
      return { scores, confusionMatrix: matrix, classReport: classReport(matrix) };
    });
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
    return this.#exclusively(signal, () => this.#evaluation.predict(dataset, signal, array));
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
      fix: 'Pass profile: true to createTrainer.',
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

  /** The array of the state that holds these weights. */
  #arrayOf(weights: Weights = 'current'): number {
    if (oneOf('weights', weights, ['current', 'average']) === 'current') return 0;
    const slot = this.#plan.slots.indexOf('average');
    if (slot >= 0) return 1 + slot;
    throw new ConvoyError('CONVOY_INVALID_OPTION', {
      given: "weights: 'average' with an optimizer that keeps none",
      expected: 'an optimizer with averageDecay',
      fix: "Set its option averageDecay, for example to 0.999, or take weights: 'current'.",
    });
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
      fix: 'Await the running call first, or create another trainer.',
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
    fix: 'Create a new trainer; await its runs before disposing of it.',
  });
