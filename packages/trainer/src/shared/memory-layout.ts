// The one place that knows where things lie in the memory that main thread and workers share.
import {
  CACHE_LINE,
  type Plan,
  partialsBytes,
  type RunnerMemory,
  roundUp,
  type Sharding,
  shardsBytes,
  workspacesBytes,
} from '@convoy/layers/runtime';
import { ConvoyError } from '@convoy/tensor/errors';
import { CONTROL_WORDS } from './control.ts';
import { ACTIVITIES } from './worker-status.ts';

/** Steps whose hyperparameters fit into the memory: the longest segment. */
export const LONGEST_SEGMENT = 4096;

/** Shards of a piece of an evaluation: some ms of work where they are small, against some 0.1 ms for handing it out. */
export const SCORED_SHARDS = 1024;

export const PAGE_BYTES = 65_536;
const MOST_PAGES = 65_536;
const WORD_BYTES = 4;
const FLOAT_BYTES = 4;
const DOUBLE_BYTES = 8;

/** Addresses in bytes. What different threads write never shares a cache line. */
export interface MemoryLayout {
  readonly workers: number;
  readonly pages: number;
  /** Int32 control words; see `control.ts`. */
  readonly control: number;
  /** One line of Int32 a worker, `CACHE_LINE` bytes apart: what it does; see `worker-status.ts`. */
  readonly statuses: number;
  /** A line of Int32 for each shard, if the plan is assisted: how far its backward part is; see `shared-backward.ts`. */
  readonly asides: readonly number[];
  /** Float64 lists, one a worker, of milliseconds in each activity, then in each kernel, if the trainer profiles. */
  readonly times: readonly number[];
  /** Two copies of Float64: samples counted, then the sum over samples of each statistic. They change places with the state. */
  readonly totals: readonly [number, number];
  /** Float32: the optimizer's numbers for each step of a segment. */
  readonly hyperparameters: number;
  /** Two copies of the training state: a step reads one and writes the other. */
  readonly states: readonly [number, number];
  /** One gradient buffer a shard of a batch, `gradientBytes` apart. */
  readonly gradients: number;
  /** One line of statistics a shard of a batch, or of a piece of an evaluation, `statisticsBytes` apart. */
  readonly statistics: number;
  /** Float32: the squared norm of each chunk of the gradients, if they are clipped by their norm. */
  readonly norms: number;
  /** What blocks tell each other within a step, for all workers together. */
  readonly partials: number;
  /** What the blocks of a shard share, what blocks use in turn, and the workspaces of those that are computed side by side: one of each a worker. */
  readonly shardMemories: readonly number[];
  readonly transient: readonly number[];
  readonly workspaces: readonly number[];
}

export interface MemoryNeeds {
  readonly sharding: Sharding;
  readonly workers: number;
  readonly profile: boolean;
}

/** @throws ConvoyError CONVOY_OUT_OF_MEMORY if a 32-bit memory cannot hold it */
export function layOutMemory(
  plan: Plan,
  { sharding, workers, profile }: MemoryNeeds,
  hyperparameters: number,
): MemoryLayout {
  const { shards } = sharding;
  let end = 0;
  const take = (bytes: number): number => {
    const start = end;
    end += roundUp(bytes, CACHE_LINE);
    return start;
  };
  const control = take(CONTROL_WORDS * WORD_BYTES);
  const statuses = take(workers * CACHE_LINE);
  const asides = Array.from({ length: plan.isAssisted ? shards : 0 }, () => take(CACHE_LINE));
  const timesBytes = profile ? (ACTIVITIES + plan.exportNames.length) * DOUBLE_BYTES : 0;
  const times = Array.from({ length: workers }, () => take(timesBytes));
  const totalsBytes = (1 + plan.statistics.length) * DOUBLE_BYTES;
  const totals = [take(totalsBytes), take(totalsBytes)] as const;
  const schedule = take(LONGEST_SEGMENT * hyperparameters * FLOAT_BYTES);
  // Pointers of kernels may run this far ahead of the buffers that follow.
  end = Math.max(end, roundUp(plan.guardBytes, CACHE_LINE));
  const states = [take(plan.stateBytes), take(plan.stateBytes)] as const;
  const gradients = take(shards * plan.gradientBytes);
  const statistics = take(Math.max(shards, SCORED_SHARDS) * plan.statisticsBytes);
  const norms = take((plan.clip?.chunks ?? 0) * FLOAT_BYTES);
  const partials = take(partialsBytes(plan, sharding));
  const shardMemories = Array.from({ length: workers }, () => take(shardsBytes(plan, sharding, workers)));
  const transient = Array.from({ length: workers }, () => take(plan.transientBytes));
  const workspaceBytes = workspacesBytes(plan, sharding, workers);
  const workspaces = Array.from({ length: workers }, () => take(workspaceBytes));
  const pages = Math.ceil(end / PAGE_BYTES);
  if (pages > MOST_PAGES) throw tooLarge(plan, shards, workers, workspaceBytes, end);
  return {
    workers,
    pages,
    control,
    statuses,
    asides,
    times,
    totals,
    hyperparameters: schedule,
    states,
    gradients,
    statistics,
    norms,
    partials,
    shardMemories,
    transient,
    workspaces,
  };
}

function tooLarge(plan: Plan, shards: number, workers: number, workspaceBytes: number, bytes: number): ConvoyError {
  const gigabytes = (count: number) => `${(count / 2 ** 30).toFixed(2)} GiB`;
  return new ConvoyError('CONVOY_OUT_OF_MEMORY', {
    given: `a model that needs ${gigabytes(bytes)}: a training state of ${gigabytes(plan.stateBytes)} twice, gradients of ${gigabytes(plan.gradientBytes)} for each of ${shards} shards, a workspace of ${gigabytes(workspaceBytes)} for each of ${workers} workers`,
    expected: 'at most 4 GiB',
    fix: 'Take fewer workers, fewer shards (maxShards), or a smaller model.',
  });
}

/** What of the memory a worker computes its shards in. */
export const runnerMemory = (layout: MemoryLayout, rank: number): RunnerMemory => ({
  workspaces: layout.workspaces[rank] as number,
  shards: layout.shardMemories[rank] as number,
  transient: layout.transient[rank] as number,
  partials: layout.partials,
  gradients: layout.gradients,
  statistics: layout.statistics,
});
