// Runs work of the workers to its end: replaces workers that die, terminates workers that hang, and repeats what a failure has interrupted.
import type { Dataset } from '@convoy/datasets';
import { layerOf } from '@convoy/layers/compile';
import type { Plan } from '@convoy/layers/runtime';
import { ConvoyError } from '@convoy/tensor';
import type { FailurePolicy } from '../options.ts';
import { watchForHangs } from '../pool/watchdog.ts';
import { located, WorkerFailure, workerHangs } from '../pool/worker-failure.ts';
import type { WorkerPool } from '../pool/worker-pool.ts';
import type { Segment } from '../shared/segment.ts';
import type { TrainingMemory } from '../shared/training-memory.ts';
import { Activity } from '../shared/worker-status.ts';
import type { OpenedData, OpenedDatasets } from '../stream/opened-data.ts';
import type { SampleStream, StreamPlace } from '../stream/sample-stream.ts';
import type { Augmentations, DataRegistry } from './data-registry.ts';
import { aborted, disposed } from './exclusive-runs.ts';
import { callUnawaited } from './thrown.ts';

/** Work for all workers: some steps, or a piece of an evaluation or of a prediction. Each attempt at it becomes a segment. */
export type Work =
  | {
      readonly kind: 'train';
      readonly data: Dataset;
      readonly epoch: number;
      readonly shuffle: boolean;
      readonly augment: Augmentations;
      /** The batch of the epoch with which the work begins. */
      readonly first: number;
      /** The numbers that the optimizer's rule takes, for each step. There are at most `MAX_SEGMENT_STEPS` steps. */
      readonly hyperparameters: readonly (readonly number[])[];
    }
  | {
      readonly kind: 'evaluate';
      readonly data: Dataset;
      readonly weights: number;
      readonly first: number;
      readonly count: number;
    }
  | {
      readonly kind: 'predict';
      readonly data: Dataset;
      readonly weights: number;
      /** Samples first … first + count − 1. */
      readonly first: number;
      readonly count: number;
      readonly outputs: Float32Array<SharedArrayBuffer>;
    };

/** Where workers spend their time in kernels. */
const IN_KERNELS: readonly Activity[] = [Activity.forward, Activity.loss, Activity.backward];

/** What a segment runner works with. */
export interface SegmentRunnerParts {
  readonly pool: WorkerPool;
  readonly memory: TrainingMemory;
  readonly plan: Plan;
  readonly data: DataRegistry;
  readonly opened: OpenedDatasets;
  readonly policy: FailurePolicy;
  readonly batchSize: number;
}

export class SegmentRunner {
  readonly #pool: WorkerPool;
  readonly #memory: TrainingMemory;
  readonly #plan: Plan;
  readonly #data: DataRegistry;
  readonly #opened: OpenedDatasets;
  readonly #policy: FailurePolicy;
  readonly #batchSize: number;
  /** The error of a promise that `onWorkerFailure` returned. */
  #unreported: { readonly error: unknown } | undefined;

  constructor({ pool, memory, plan, data, opened, policy, batchSize }: SegmentRunnerParts) {
    this.#pool = pool;
    this.#memory = memory;
    this.#plan = plan;
    this.#data = data;
    this.#opened = opened;
    this.#policy = policy;
    this.#batchSize = batchSize;
  }

  /**
   * Opens a data set: loads it, or starts to stream it, if its samples are not in memory.
   * @throws ConvoyError why a sample cannot be read; CONVOY_OUT_OF_MEMORY, CONVOY_ABORTED, CONVOY_DISPOSED
   */
  async open(dataset: Dataset, signal: AbortSignal | undefined): Promise<OpenedData> {
    const opened = await this.#opened.open(dataset, signal);
    if (opened) return opened;
    throw signal?.aborted ? aborted(signal) : disposed();
  }

  /**
   * Runs the work until it is done, or until the workers have stopped on request or before a step whose loss is not finite. Steps that were
   * committed before a failure are not repeated.
   * @throws ConvoyError the last failure after too many in a row without a step between them; CONVOY_ABORTED
   */
  async run(work: Work, signal: AbortSignal | undefined): Promise<void> {
    const { maxFailures } = this.#policy;
    const start = this.#memory.step;
    let failures = 0;
    for (;;) {
      const { step } = this.#memory;
      try {
        await this.#pool.repair((failure) => this.#report(this.#describe(failure)));
        await this.#attempt(work, step - start, signal);
        this.#assertReported();
        return;
      } catch (error) {
        const failure = error instanceof WorkerFailure ? this.#describe(error) : error;
        if (!(failure instanceof ConvoyError) || failure.code !== 'CONVOY_WORKER_FAILED') throw failure;
        failures = this.#memory.step > step ? 1 : failures + 1;
        if (failures >= maxFailures) throw failure;
        this.#report(failure);
        this.#assertReported();
      }
    }
  }

  /** @throws what `onWorkerFailure` throws */
  #report(failure: ConvoyError): void {
    const failed = (error: unknown) => {
      this.#unreported ??= { error };
    };
    callUnawaited('onWorkerFailure', () => this.#policy.onWorkerFailure?.(failure), failed);
  }

  /** @throws why a promise of `onWorkerFailure` rejected in the meantime */
  #assertReported(): void {
    const failure = this.#unreported;
    this.#unreported = undefined;
    if (failure) throw failure.error;
  }

  /** @param stepsDone steps of the work that are committed */
  async #attempt(work: Work, stepsDone: number, signal: AbortSignal | undefined): Promise<void> {
    const opened = await this.open(work.data, signal);
    const stream = opened.kind === 'stream' ? opened.stream : undefined;
    const data = await this.#data.idOf(opened, work.kind === 'train' ? work.augment : undefined);
    stream?.moveTo(this.#placeOf(work, stepsDone));
    const sequence = stream?.sequence ?? 0;
    if (work.kind !== 'train') return this.#runSegment({ ...work, data, sequence }, stream, signal);
    const { hyperparameters, augment: _, ...batches } = work;
    const left = hyperparameters.slice(stepsDone);
    // A worker can also fail after the last step.
    if (left.length === 0) return;
    for (const [step, numbers] of left.entries()) this.#memory.setHyperparameters(step, numbers);
    const segment = { ...batches, data, sequence, first: work.first + stepsDone, count: left.length };
    await this.#runSegment(segment, stream, signal);
  }

  /** Where in the order of samples the work begins, or continues. */
  #placeOf(work: Work, stepsDone: number): StreamPlace {
    if (work.kind === 'predict') return { epoch: 0, position: work.first, shuffle: false };
    const position = (work.first + stepsDone) * this.#batchSize;
    if (work.kind === 'evaluate') return { epoch: 0, position, shuffle: false };
    return { epoch: work.epoch, position, shuffle: work.shuffle };
  }

  async #runSegment(
    segment: Segment,
    stream: SampleStream | undefined,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    if (signal?.aborted) throw aborted(signal);
    const memory = this.#memory;
    const stop = () => memory.requestStop();
    memory.beginSegment();
    signal?.addEventListener('abort', stop);
    const stopFollowing = stream?.watch(() => memory.abandon());
    const { hangSeconds } = this.#policy;
    const terminate = (rank: number) => this.#pool.terminate(rank, workerHangs(hangSeconds));
    const stopWatching = watchForHangs(memory.statuses, hangSeconds, terminate);
    try {
      await this.#pool.run(segment, () => memory.abandon());
    } finally {
      stopWatching();
      stopFollowing?.();
      signal?.removeEventListener('abort', stop);
    }
    if (stream?.failure) throw stream.failure;
    if (signal?.aborted) throw aborted(signal);
  }

  /** The failure, with what its workers did. */
  #describe({ failure, ranks, occasion }: WorkerFailure): ConvoyError {
    const where = ranks.map((rank) => `worker ${rank} ${occasion ?? this.#activityOf(rank)}`);
    return located(failure, [...where, `after step ${this.#memory.step}`]);
  }

  #activityOf(rank: number): string {
    const status = this.#memory.statuses[rank];
    if (!status || !IN_KERNELS.includes(status.activity)) return `in ${status?.activityName}`;
    const layer = layerOf(this.#plan, status.kernel);
    return `in ${status.activityName}${layer === undefined ? '' : ` of '${layer}'`}`;
  }
}
