// The options of a trainer, checked.
import { availableParallelism } from 'node:os';
import type { Losses, Metric, Model, Optimizer } from '@convoy/layers';
import { ARITHMETIC, type Sharding, shardBatch } from '@convoy/layers/compile';
import { type ConvoyError, finiteNumber, nonNegativeInteger, oneOf, positiveInteger } from '@convoy/tensor';
import type { TrainingConfiguration } from './checkpoint/snapshot.ts';
import type { WorkerPatience } from './loop/segment-runner.ts';
import type { Simd } from './simd/plan-module.ts';

export interface TrainerOptions {
  readonly model: Model;
  /** A list for a model of several outputs, one loss for each; they are added. Metrics and predictions are of the first output. */
  readonly loss: Losses;
  readonly optimizer: Optimizer;
  readonly metrics?: readonly Metric[];
  /** Samples of a mini-batch, and with `accumulate: 1` of a step; the last step of an epoch takes what is left. */
  readonly batchSize: number;
  /**
   * Mini-batches whose gradients add up to one step of the optimizer; default 1. A step adds up gradients block by block as it is, so this is
   * batchSize · accumulate samples a step, to the last bit, and takes no more memory. Steps, limits, schedules and checkpoints count steps.
   */
  readonly accumulate?: number;
  /** Threads; default one for each core. The results do not depend on it. */
  readonly workers?: number;
  /** Of the initial parameters and the order of the samples; default 0. */
  readonly seed?: number;
  /** The most shards a batch is divided into, and so the most workers that compute at a time; default 16. The results depend on it. */
  readonly maxShards?: number;
  /**
   * 'wide' is up to 1.7 times as fast as 'strict', the default, with the same results. It takes Node 24 or later on x64, and is tried out on the
   * model's own kernels before it is used: if it gives other bits, or there is none, CONVOY_WIDE_UNAVAILABLE. Creating the trainer takes longer.
   */
  readonly simd?: Simd;
  /**
   * Failures of workers in a row, without a step or a piece of an evaluation or prediction between them, after which a run ends; default 3.
   * Until then dead workers are replaced.
   */
  readonly maxFailures?: number;
  /** Seconds that a worker may take for one block of 8 samples before it is replaced; default 60, Infinity for ever. */
  readonly hangSeconds?: number;
  /** Hears of each failure of a worker that is mended, with its rank and what it did; of one between two runs when the next one begins. */
  readonly onWorkerFailure?: (error: ConvoyError) => void;
  /** Whether a loss that is NaN or infinite ends the run before its step, with CONVOY_NOT_FINITE; default true. */
  readonly stopOnNonFinite?: boolean;
  /** Whether `profile()` tells where the time goes; default false. Measuring takes some time itself. */
  readonly profile?: boolean;
}

/** What determines the bits of a trainer's runs, their data apart. */
export type Recipe = Omit<TrainingConfiguration, 'shuffle' | 'samples'>;

export interface TrainerSettings {
  readonly recipe: Recipe;
  readonly sharding: Sharding;
  readonly workers: number;
  readonly simd: Simd;
  readonly patience: WorkerPatience;
  readonly stopOnNonFinite: boolean;
  readonly profile: boolean;
}

/** @throws ConvoyError CONVOY_INVALID_OPTION */
export function checkedSettings(options: TrainerOptions): TrainerSettings {
  const {
    model,
    loss,
    optimizer,
    metrics = [],
    accumulate = 1,
    seed = 0,
    maxShards,
    simd = 'strict',
    stopOnNonFinite = true,
    profile = false,
  } = options;
  const batchSize = positiveInteger('batchSize', options.batchSize) * positiveInteger('accumulate', accumulate);
  const most = maxShards === undefined ? undefined : positiveInteger('maxShards', maxShards);
  const sharding = shardBatch(batchSize, most);
  nonNegativeInteger('seed', seed);
  return {
    recipe: { model, loss, optimizer, metrics, batchSize, shards: sharding.shards, seed, arithmetic: ARITHMETIC },
    sharding,
    workers: positiveInteger('workers', options.workers ?? availableParallelism()),
    simd: oneOf('simd', simd, ['strict', 'wide']),
    patience: checkedPatience(options),
    stopOnNonFinite: oneOf('stopOnNonFinite', stopOnNonFinite, [true, false]),
    profile: oneOf('profile', profile, [true, false]),
  };
}

function checkedPatience({ maxFailures = 3, hangSeconds = 60, onWorkerFailure }: TrainerOptions): WorkerPatience {
  if (hangSeconds !== Number.POSITIVE_INFINITY) finiteNumber('hangSeconds', hangSeconds, { above: 0 });
  return { maxFailures: positiveInteger('maxFailures', maxFailures), hangSeconds, onWorkerFailure };
}
