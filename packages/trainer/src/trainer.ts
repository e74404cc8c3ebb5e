// The data-parallel trainer: workers compute, while the main thread hands out segments and keeps its event loop free.
import { availableParallelism } from 'node:os';
import type { Dataset } from '@convoy/datasets';
import type { Model, Scores } from '@convoy/layers';
import type { Plan } from '@convoy/layers/runtime';
import { ConvoyError, isTensor, type Tensor } from '@convoy/tensor';
import { checkOptions, optional } from '@convoy/tensor/checks';
import { type Profile, profileOf } from './diagnosis/profile.ts';
import { checkAugmentations } from './fit/augmentations.ts';
import type { Callback } from './fit/callback.ts';
import { checkedFit } from './fit/checked-fit.ts';
import { epochsOf } from './fit/epochs.ts';
import { runFit } from './fit/fit.ts';
import type { FitOptions, History } from './fit/fit-options.ts';
import { abortSignal } from './loop/abort-signal.ts';
import { type ClassEvaluation, evaluateClasses } from './loop/class-evaluation.ts';
import { checkData, checkInputs } from './loop/data-checks.ts';
import { DataRegistry, MAX_KEPT } from './loop/data-registry.ts';
import { Evaluation } from './loop/evaluation.ts';
import { disposed, ExclusiveRuns } from './loop/exclusive-runs.ts';
import { checkedSearch, type LearningRateSearch, type LearningRateSearchOptions } from './loop/learning-rate-search.ts';
import { runRangeTest } from './loop/range-test.ts';
import { samplesOf } from './loop/samples.ts';
import { SegmentRunner } from './loop/segment-runner.ts';
import { type LoopParts, TrainingLoop } from './loop/training-loop.ts';
import { stateArrayOf, type Weights, weightsOf } from './loop/weights.ts';
import { checkedSettings, type TrainerOptions, type TrainerSettings } from './options.ts';
import { WorkerPool } from './pool/worker-pool.ts';
import { layOutMemory } from './shared/memory-layout.ts';
import type { EpochRecord } from './shared/records.ts';
import { TrainingMemory } from './shared/training-memory.ts';
import { planOf } from './shared/training-plan.ts';
import { compileModule } from './simd/plan-module.ts';
import { OpenedDatasets } from './stream/opened-data.ts';

/** Options of the runs of a trainer that do not train: `evaluate`, `evaluateClasses` and `predict`. */
export interface RunOptions {
  /** Ends the run; it then rejects with CONVOY_ABORTED. */
  readonly signal?: AbortSignal;
  /** Which parameters are used; default 'current'. */
  readonly weights?: Weights;
}

/**
 * Compiles the model and starts the workers.
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_SHAPE_MISMATCH, CONVOY_WIDE_UNAVAILABLE, CONVOY_WEBASSEMBLY_UNAVAILABLE,
 * CONVOY_OUT_OF_MEMORY, CONVOY_WORKER_FAILED
 * @example
 * await using trainer = await createTrainer({
 *   model: lenet5(), loss: softmaxCrossEntropy(), optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }), batchSize: 64,
 * });
 * const { epochs } = await trainer.fit(train, { epochs: 3, validation: test });
 */
export async function createTrainer(options: TrainerOptions): Promise<Trainer> {
  const settings = checkedSettings('createTrainer', options);
  const { configuration, sharding, workers, simd, failurePolicy, stopOnNonFinite, profile } = settings;
  const { model, optimizer, seed } = configuration;
  const plan = planOf(settings);
  const memory = new TrainingMemory(plan, layOutMemory(plan, settings));
  const module = compileModule({ plan, model, optimizer, seed }, simd, memory.memory);
  memory.initialize(model, seed);
  const setup = {
    // Workers get the compiled module; they do not need a copy of its bytes in each thread.
    plan: { ...plan, module: new Uint8Array(0) },
    module,
    memory: memory.memory,
    layout: memory.layout,
    sharding,
    seed,
    cores: availableParallelism(),
    stopOnNonFinite,
    profile,
  };
  const pool = await WorkerPool.start(workers, failurePolicy.hangSeconds, (rank) => ({ rank, ...setup }));
  return new Trainer(settings, plan, module, memory, pool);
}

/** Trains a model on all cores. `createTrainer` makes it. It owns threads: use it with `await using`, or call `dispose()`. */
export class Trainer {
  readonly model: Model;
  readonly workers: number;
  readonly #settings: TrainerSettings;
  readonly #plan: Plan;
  readonly #memory: TrainingMemory;
  readonly #pool: WorkerPool;
  readonly #parts: LoopParts;
  readonly #loop: TrainingLoop;
  readonly #evaluation: Evaluation;
  readonly #runs = new ExclusiveRuns();
  #disposal: Promise<void> | undefined;

  /** @internal */
  constructor(
    settings: TrainerSettings,
    plan: Plan,
    module: WebAssembly.Module,
    memory: TrainingMemory,
    pool: WorkerPool,
  ) {
    const { configuration, sharding, workers, failurePolicy } = settings;
    this.model = configuration.model;
    this.workers = workers;
    this.#settings = settings;
    this.#plan = plan;
    this.#memory = memory;
    this.#pool = pool;
    const data = new DataRegistry(plan, pool);
    const { batchSize, seed } = configuration;
    const opened = new OpenedDatasets({ ...settings.reading, seed, batchSize, policy: failurePolicy }, MAX_KEPT);
    const segments = new SegmentRunner({ pool, memory, plan, data, opened, policy: failurePolicy, batchSize });
    this.#parts = { configuration, sharding, plan, module, memory, data, opened, segments };
    this.#loop = new TrainingLoop(this.#parts);
    this.#evaluation = new Evaluation(this.#parts);
  }

  /** Steps committed so far. */
  get step(): number {
    return this.#memory.step;
  }

  /**
   * Trains for a number of epochs. The next call continues with the next epoch, with the samples in another order. An epoch that was ended in
   * the middle is repeated from its start. It begins when earlier calls of `evaluate`, `evaluateClasses` and `predict` have ended. Until it ends,
   * all other runs are refused, also in callbacks and in the body of a loop over `epochs`.
   * @throws ConvoyError CONVOY_SHAPE_MISMATCH, CONVOY_INVALID_DATA, CONVOY_INVALID_OPTION before training; CONVOY_BUSY while another `fit` or
   * `findLearningRate` waits or runs; CONVOY_ABORTED, CONVOY_WORKER_FAILED, CONVOY_NOT_FINITE during training; CONVOY_INVALID_OPTION,
   * CONVOY_INVALID_DATA, CONVOY_CALLBACK_FAILED for what a callback sets, returns or throws. The parameters are always those of the last
   * committed step.
   */
  async fit(data: Dataset, options: FitOptions): Promise<History> {
    return this.#fit('fit', data, options);
  }

  /**
   * The same as `fit`, as a loop over the epochs: `for await (const record of trainer.epochs(train, { epochs: 3 })) …`. The next epoch begins
   * when the body of the loop has ended. Leaving the loop ends the fit.
   * @throws ConvoyError as `fit`
   */
  epochs(train: Dataset, options: FitOptions): AsyncGenerator<EpochRecord, History, void> {
    return epochsOf((callback) => this.#fit('epochs', train, options, callback));
  }

  /**
   * Searches for a learning rate: trains with a rate that grows exponentially from step to step, until the loss diverges. Then it restores
   * parameters, optimizer and step counter, to the last bit. The optimizer's own learning rate, or schedule, is not used. The method is the
   * range test of L. N. Smith, Cyclical Learning Rates for Training Neural Networks (2015), with the usual suggestion: the rate at which the
   * smoothed loss falls most steeply. `formatLearningRateSearch` makes a chart of the result. It waits for other runs, and refuses them, as `fit`.
   * @throws ConvoyError as `fit`, except that a loss that is not finite ends the search without an error
   */
  async findLearningRate(
    data: Dataset,
    options: LearningRateSearchOptions & Pick<RunOptions, 'signal'> = {},
  ): Promise<LearningRateSearch> {
    const { signal, augment, ...search } = checkedSearch(options);
    checkData('training data', data, this.#plan);
    const { epoch } = this.#loop.position;
    return this.#runs.run('changes', signal, async () => {
      await checkAugmentations(augment, data, this.#settings.configuration.seed, this.#plan);
      return runRangeTest(this.#parts, data, epoch, search, augment, signal);
    });
  }

  /**
   * The scores of the current parameters on the data. Calls of `evaluate`, `evaluateClasses` and `predict` may be made while others run: they wait
   * for their turn, in their order. `signal` also ends the waiting.
   * @throws ConvoyError as `fit`
   */
  async evaluate(data: Dataset, options: RunOptions = {}): Promise<Scores> {
    const { signal, weights } = this.#checkedRun('evaluate', options);
    checkData('data', data, this.#plan);
    return this.#runs.run('reads', signal, () => this.#evaluation.evaluate(data, weights, signal));
  }

  /**
   * The scores of a classifier on the data, and its results for each class. It computes the data twice: for the scores and for the classes.
   * It waits for its turn, as `evaluate`.
   * @throws ConvoyError as `fit`; CONVOY_INVALID_DATA if the model predicts no classes, CONVOY_NOT_FINITE if an output is NaN
   */
  async evaluateClasses(data: Dataset, options: RunOptions = {}): Promise<ClassEvaluation> {
    const { signal, weights } = this.#checkedRun('evaluateClasses', options);
    checkData('data', data, this.#plan);
    return this.#runs.run('reads', signal, () => evaluateClasses(this.#evaluation, data, weights, signal));
  }

  /**
   * The outputs of the model. It waits for its turn, as `evaluate`.
   * @param data a data set, or samples (N, ...input), with values as the model takes them: they are not normalized
   * @returns (N, ...output)
   * @throws ConvoyError as `fit`
   */
  async predict(data: Dataset | Tensor, options: RunOptions = {}): Promise<Tensor> {
    const { signal, weights } = this.#checkedRun('predict', options);
    const dataset = isTensor(data) ? samplesOf(data, this.#plan) : data;
    checkInputs('data', dataset, this.#plan);
    return this.#runs.run('reads', signal, () => this.#evaluation.predict(dataset, weights, signal));
  }

  /**
   * Copies of the parameters by name, after the last committed step.
   * @throws ConvoyError CONVOY_INVALID_OPTION for an average that the optimizer does not keep
   */
  parameters(weights?: Weights): Map<string, Tensor> {
    return this.#memory.parameters(stateArrayOf(this.#plan, weights));
  }

  /**
   * Replaces some or all parameters.
   * @throws ConvoyError CONVOY_UNKNOWN_NAME, CONVOY_SHAPE_MISMATCH; CONVOY_BUSY while another call waits or runs
   */
  setParameters(parameters: Iterable<readonly [string, Tensor]>): void {
    this.#runs.assertIdle();
    this.#memory.setParameters(parameters);
  }

  /**
   * Where the workers have spent their time so far; `formatProfile` makes a table of it.
   * @throws ConvoyError CONVOY_INVALID_OPTION if the trainer was created without `profile`
   */
  profile(): Profile {
    if (this.#settings.profile) return profileOf(this.#plan, this.#memory);
    throw new ConvoyError('CONVOY_INVALID_OPTION', {
      given: 'profile() of a trainer that does not measure its time',
      expected: 'a trainer that was created with profile: true',
      fix: 'Pass profile: true to createTrainer.',
    });
  }

  /** Ends all threads. Calls that are running or waiting reject with CONVOY_DISPOSED. */
  async dispose(): Promise<void> {
    this.#runs.end();
    this.#disposal ??= Promise.all([this.#pool.destroy(disposed()), this.#parts.opened.close()]).then(() => {});
    await this.#disposal;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  /** @param callback comes after those of the options */
  async #fit(of: string, data: Dataset, options: FitOptions, callback?: Callback): Promise<History> {
    const fit = checkedFit(of, data, options, this.#settings.configuration, this.#plan, callback);
    const parts = { memory: this.#memory, loop: this.#loop, evaluation: this.#evaluation };
    return this.#runs.run('changes', fit.options.signal, async () => {
      const { augment, seed } = fit.configuration;
      await checkAugmentations(augment, fit.train, seed, this.#plan);
      return runFit(fit, parts);
    });
  }

  #checkedRun(of: string, options: RunOptions) {
    return checkOptions(of, options, {
      signal: optional(abortSignal),
      weights: weightsOf(this.#plan),
    });
  }
}
