// The options of a trainer, checked.
import { availableParallelism } from 'node:os';
import type { Losses, Metric, Model, Optimizer } from '@convoy/layers';
import {
  ARITHMETIC,
  maxShardsCheck,
  type Sharding,
  samplesOfStep,
  shardBatch,
  trainingChecks,
} from '@convoy/layers/compile';
import { type ConvoyError, finiteNumber, positiveInteger } from '@convoy/tensor';
import { checkOptions, checkSeed, choiceOf, flag, functionOf, type OptionCheck, optional } from '@convoy/tensor/checks';
import type { TrainerConfiguration } from './checkpoint/snapshot.ts';
import type { Simd } from './shared/simd.ts';

/** The options of `createTrainer`. */
export interface TrainerOptions {
  readonly model: Model;
  /**
   * A list for a model with several outputs, one loss for each; the losses are added. Metrics and predictions are of the first output.
   */
  readonly loss: Losses;
  readonly optimizer: Optimizer;
  readonly metrics?: readonly Metric[];
  /**
   * Samples of a mini-batch, and with `accumulate: 1` of a step. The last step of an epoch takes the samples that are left; it is the only one if the
   * data has fewer samples than a step. batchSize · accumulate is at most 2^31 − 1.
   */
  readonly batchSize: number;
  /**
   * How many mini-batches contribute their gradients to one step of the optimizer; default 1. A step adds gradients block by block in any
   * case, so this is the same as a batch of batchSize · accumulate samples, with the same bits and no more memory. Limits, schedules and
   * checkpoints count steps.
   */
  readonly accumulate?: number;
  /** Threads, from 1 to 1024; default one per core. The results do not depend on it. */
  readonly workers?: number;
  /** The seed of the initial parameters, of random layers, and of the order of the samples; default 0. */
  readonly seed?: number;
  /**
   * The maximum number of shards of a batch, and so of workers that compute at the same time, from 1 to 1024; default 16. The results
   * depend on it.
   */
  readonly maxShards?: number;
  /**
   * 'wide' is up to 1.7 times as fast as 'strict', the default, with the same results. It needs Node 24 or later on x64. Creating the trainer
   * takes longer, because a self-test compares the results of the model's own kernels. If 'wide' is not available or its bits differ,
   * `createTrainer` throws CONVOY_WIDE_UNAVAILABLE.
   */
  readonly simd?: Simd;
  /**
   * A run ends after this many failures of workers in a row, without a step or a piece of an evaluation or prediction between them; default 3.
   * Before that, dead workers are replaced. Workers that die together, or while others are started, are one failure.
   */
  readonly maxFailures?: number;
  /**
   * Seconds that a worker may take for one block of 8 samples, or to receive a data set, before it counts as hung and is replaced; above 0,
   * default 60. To start, workers have 10 seconds or `hangSeconds`, whichever is longer. With Infinity, or more than 24 days, workers are never
   * replaced for that reason.
   */
  readonly hangSeconds?: number;
  /**
   * Called with each failure of a worker that the trainer recovers from; the message has the rank of the worker and what it did. A failure
   * between two runs is reported when the next run begins. What it throws ends the run; a promise that it returns is not awaited, but ends the run
   * if it rejects.
   */
  readonly onWorkerFailure?: (error: ConvoyError) => void;
  /**
   * Bytes of memory for data sets that are read from files, 1 or more; default half of the memory that is available. A data set that fits is
   * loaded before the first step. A larger one is streamed: its samples are read again in each epoch, ahead of the steps that need them. The
   * results are the same.
   */
  readonly memoryBudget?: number;
  /** Threads that read such a data set, from 1 to 64; default one per core, but at most 4. The results do not depend on it. */
  readonly decoders?: number;
  /** Whether a loss that is NaN or infinite ends the run before its step, with CONVOY_NOT_FINITE; default true. */
  readonly stopOnNonFinite?: boolean;
  /** Whether the trainer measures its time for `profile()`; default false. The measurement itself takes some time. */
  readonly profile?: boolean;
}

/** What a trainer does when workers fail. */
export interface FailurePolicy {
  /** A run ends after this many failures in a row, without a step between them. */
  readonly maxFailures: number;
  /** Seconds that a worker may take for one block of samples before it counts as hung. */
  readonly hangSeconds: number;
  /** Called with each failure that the trainer recovers from. */
  readonly onWorkerFailure: ((error: ConvoyError) => void) | undefined;
}

/** How data sets are read that are not in memory. */
export interface ReadingOptions {
  /** Bytes that such data sets may take. */
  readonly memoryBudget: number;
  /** Threads that read each of them. */
  readonly decoders: number;
}

export interface TrainerSettings {
  readonly configuration: TrainerConfiguration;
  readonly sharding: Sharding;
  readonly workers: number;
  readonly simd: Simd;
  readonly failurePolicy: FailurePolicy;
  readonly reading: ReadingOptions;
  readonly stopOnNonFinite: boolean;
  readonly profile: boolean;
}

/** As many as shards: more could not all compute. Starting so many takes minutes, and more may end the process for want of memory. */
const MAX_WORKERS = 1024;

const MAX_DECODERS = 64;
const DEFAULT_DECODERS = 4;

const decodersCheck: OptionCheck<number> = (name, value) => positiveInteger(name, value, MAX_DECODERS);

const bytesCheck: OptionCheck<number> = (name, value) => positiveInteger(name, value, Number.MAX_SAFE_INTEGER);

const workersCheck: OptionCheck<number> = (name, value) => positiveInteger(name, value, MAX_WORKERS);

const secondsOrInfinity: OptionCheck<number> = (name, value) =>
  value === Number.POSITIVE_INFINITY ? value : finiteNumber(name, value, { above: 0 });

/**
 * @param of the function that has these options
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export function checkedSettings(of: string, options: TrainerOptions): TrainerSettings {
  const checked = checkOptions(of, options, {
    ...trainingChecks,
    batchSize: positiveInteger,
    accumulate: optional(positiveInteger, 1),
    workers: optional(workersCheck, Math.min(availableParallelism(), MAX_WORKERS)),
    seed: optional(checkSeed, 0),
    maxShards: optional(maxShardsCheck),
    simd: optional(choiceOf('strict', 'wide'), 'strict'),
    maxFailures: optional(positiveInteger, 3),
    hangSeconds: optional(secondsOrInfinity, 60),
    onWorkerFailure: optional(functionOf<(error: ConvoyError) => void>()),
    memoryBudget: optional(bytesCheck, Math.ceil(process.availableMemory() / 2)),
    decoders: optional(decodersCheck, Math.min(availableParallelism(), DEFAULT_DECODERS)),
    stopOnNonFinite: optional(flag, true),
    profile: optional(flag, false),
  });
  const { model, loss, optimizer, metrics, seed, workers, simd, stopOnNonFinite, profile } = checked;
  const { maxFailures, hangSeconds, onWorkerFailure, memoryBudget, decoders } = checked;
  const batchSize = samplesOfStep(checked);
  const sharding = shardBatch(batchSize, checked.maxShards);
  const { shards } = sharding;
  return {
    configuration: { model, loss, optimizer, metrics, batchSize, shards, seed, arithmetic: ARITHMETIC },
    sharding,
    failurePolicy: { maxFailures, hangSeconds, onWorkerFailure },
    reading: { memoryBudget, decoders },
    ...{ workers, simd, stopOnNonFinite, profile },
  };
}
