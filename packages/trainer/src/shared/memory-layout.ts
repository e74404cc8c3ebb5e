// The only place that knows where things lie in the memory that the main thread and the workers share.
import {
  CACHE_LINE,
  type EngineLabel,
  type EngineLayout,
  layOutEngines,
  MemoryPlanner,
  type Plan,
  type Sharding,
  workspaceBytesOf,
} from '@convoy/layers/runtime';
import type { ConvoyError } from '@convoy/tensor/errors';
import { describeBytes, MAX_MEMORY_BYTES, outOfMemory, PAGE_BYTES } from '@convoy/tensor/memory';
import { CONTROL_WORDS } from './control.ts';
import { ACTIVITIES } from './worker-status.ts';

/** Steps whose hyperparameters fit into the memory: the longest segment. */
export const MAX_SEGMENT_STEPS = 4096;

/** Shards of a piece of an evaluation: some milliseconds of work where they are small, against some 0.1 ms to start it. */
export const SCORED_SHARDS = 1024;

const WORD_BYTES = 4;
const FLOAT_BYTES = 4;
const DOUBLE_BYTES = 8;

/** Addresses in bytes. Data that different threads write never share a cache line. */
export interface MemoryLayout extends EngineLayout {
  readonly workers: number;
  readonly pages: number;
  /** Int32 control words; see `control.ts`. */
  readonly control: number;
  /** One line of Int32 per worker, `CACHE_LINE` bytes apart; see `worker-status.ts`. */
  readonly statuses: number;
  /** One line of Int32 per shard, if the plan is assisted: how far backward is; see `shared-backward.ts`. */
  readonly backwardProgress: readonly number[];
  /** One Float64 list per worker, if the trainer profiles: milliseconds by activity, then by kernel. */
  readonly times: readonly number[];
  /** Two copies of Float64: samples counted, then the sum over samples of each score. They swap with the copies of the state. */
  readonly totals: readonly [number, number];
  /** Float32: the optimizer's numbers for each step of a segment. */
  readonly hyperparameters: number;
  /** How many bytes the memory has, by what they are for. */
  readonly use: SharedMemoryUse;
}

/** Bytes of the memory that the main thread and the workers share, by what they are for. Data sets are not included. */
export interface SharedMemoryUse {
  /** Control words, scores of the run, learning rates of coming steps. */
  readonly control: number;
  /** Two copies of parameters, running statistics and what the optimizer keeps. */
  readonly state: number;
  /** Gradients and scores of each shard. */
  readonly gradients: number;
  /** What blocks exchange within a step. */
  readonly exchange: number;
  /** Where blocks are computed, for each worker. */
  readonly workspaces: number;
  readonly total: number;
}

export interface MemoryNeeds {
  readonly sharding: Sharding;
  readonly workers: number;
  readonly profile: boolean;
}

class Planner extends MemoryPlanner<EngineLabel | 'control'> {}

/** @throws ConvoyError CONVOY_OUT_OF_MEMORY if a 32-bit memory cannot hold it */
export function layOutMemory(plan: Plan, { sharding, workers, profile }: MemoryNeeds): MemoryLayout {
  const planner = new Planner();
  const take = (bytes: number) => planner.reserve('control', bytes);
  const control = take(CONTROL_WORDS * WORD_BYTES);
  const statuses = take(workers * CACHE_LINE);
  const backwardProgress = Array.from({ length: plan.isAssisted ? sharding.shards : 0 }, () => take(CACHE_LINE));
  const timesBytes = profile ? (ACTIVITIES + plan.exportNames.length) * DOUBLE_BYTES : 0;
  const times = Array.from({ length: workers }, () => take(timesBytes));
  const totalsBytes = (1 + plan.scores.length) * DOUBLE_BYTES;
  const totals = [take(totalsBytes), take(totalsBytes)] as const;
  const hyperparameters = take(MAX_SEGMENT_STEPS * plan.hyperparameters * FLOAT_BYTES);
  // Pointers of kernels may start this far before their buffers.
  planner.skipTo(plan.guardBytes);
  const engines = layOutEngines(plan, sharding, workers, planner.reserve, SCORED_SHARDS);
  const pages = Math.ceil(planner.end / PAGE_BYTES);
  if (planner.end > MAX_MEMORY_BYTES) throw tooLarge(plan, sharding, workers, planner.end);
  return {
    ...engines,
    ...{ workers, pages, control, statuses, backwardProgress, times, totals, hyperparameters },
    use: memoryUse(planner, engines.states[0], pages * PAGE_BYTES),
  };
}

/** What is below the kernels' guard and above the last workspace counts as control and workspaces. */
function memoryUse(planner: Planner, control: number, total: number): SharedMemoryUse {
  const [state, gradients, exchange] = (['state', 'gradients', 'exchange'] as const).map(planner.bytesOf) as [
    number,
    number,
    number,
  ];
  const workspaces = total - control - state - gradients - exchange;
  return { control, state, gradients, exchange, workspaces, total };
}

function tooLarge(plan: Plan, sharding: Sharding, workers: number, bytes: number): ConvoyError {
  const workspace = describeBytes(workspaceBytesOf(plan, sharding, workers));
  const parts = [
    `a training state of ${describeBytes(plan.stateBytes)} twice`,
    `gradients of ${describeBytes(plan.gradientBytes)} for each of ${sharding.shards} shards`,
    `a workspace of ${workspace} for each of ${workers} workers`,
  ];
  const details = `(${parts.join(', ')})`;
  const fix = 'Take fewer workers, fewer shards (maxShards), or a smaller model.';
  return outOfMemory({ what: 'a model', bytes, details, fix }, { maxBytes: MAX_MEMORY_BYTES });
}
