// Runs the training part of a plan over shards: block after block, and phase after phase where layers exchange something between blocks.

import type { BlockRunner, BoundCalls } from './block-runner.ts';
import { LANES } from './lanes.ts';
import { exchangesBatch, type Part, type Plan, type PlanExchange, Region } from './plan.ts';
import type { Sharding } from './sharding.ts';

const FLOAT_BYTES = 4;

/** Addresses of the memory that a runner works in. */
export interface RunnerMemory {
  /** `workspacesBytes` that no other runner uses. */
  readonly workspaces: number;
  /** `shardsBytes` that no other runner uses. */
  readonly shards: number;
  /** `Plan.transientBytes` that no other runner uses. */
  readonly transient: number;
  /** `partialsBytes` for all runners together. */
  readonly partials: number;
  /** A gradient buffer and a line of statistics a shard. */
  readonly gradients: number;
  readonly statistics: number;
}

/** What a runner needs of whoever drives it. */
export interface ShardDriver {
  /** Fills a workspace with the samples from a position of the batch on, and with the random keys for them. */
  read(workspace: number, position: number, samples: number): void;
  /** Hears what begins. */
  enter(part: Part): void;
  /** Returns when all runners of the batch have called it. */
  meet(): void;
  /** Runs the backward part of the only block of a shard, if it is not to be run as it stands. */
  readonly backward?: (shard: number) => void;
  /** Hears of each block whose gradients are done. */
  finish?(workspace: number, position: number, samples: number): void;
  /** Whether it wants to see what a shard does without the others of its batch. */
  readonly isAlone?: boolean;
}

/** Blocks that a runner computes side by side, if it computes `shards` of them: what one phase leaves, the next one needs. */
const blocksInFlight = (plan: Plan, { blocksPerShard }: Sharding, shards: number): number => {
  if (plan.training.length === 1) return 1;
  return blocksPerShard * (exchangesBatch(plan) ? shards : 1);
};

/** The most shards that one of `runners` computes, if none can leave its shards to others. */
const shardsOfOne = ({ shards }: Sharding, runners: number): number => Math.ceil(shards / runners);

/** The bytes of the workspaces of one of `runners`. */
export const workspacesBytes = (plan: Plan, sharding: Sharding, runners: number): number =>
  plan.workspaceBytes * blocksInFlight(plan, sharding, shardsOfOne(sharding, runners));

/** The bytes of what the blocks of a shard share, for one of `runners`. */
export const shardsBytes = (plan: Plan, sharding: Sharding, runners: number): number =>
  plan.shardBytes * (exchangesBatch(plan) ? shardsOfOne(sharding, runners) : 1);

/** The bytes of all partials of a batch. */
export const partialsBytes = (plan: Plan, { shards, blocksPerShard }: Sharding): number =>
  plan.partialBytes * shards * blocksPerShard;

interface BoundPhase {
  readonly stages: readonly { readonly part: Part; readonly first: BoundCalls; readonly later: BoundCalls }[];
  readonly exchange: (PlanExchange & { readonly calls: BoundCalls }) | undefined;
}

export class ShardRunner {
  readonly #plan: Plan;
  readonly #sharding: Sharding;
  readonly #runner: BlockRunner;
  readonly #memory: RunnerMemory;
  readonly #driver: ShardDriver;
  readonly #floats: Float32Array;
  readonly #phases: readonly BoundPhase[];
  /** Whether blocks keep their workspaces from one phase to the next. */
  readonly #isPhased: boolean;
  readonly #isAlone: boolean;
  /** Whether all its shards of a batch must be computed in one call of `run`. */
  readonly exchangesBatch: boolean;

  constructor(
    plan: Plan,
    sharding: Sharding,
    runner: BlockRunner,
    memory: RunnerMemory,
    floats: Float32Array,
    driver: ShardDriver,
  ) {
    this.#plan = plan;
    this.#sharding = sharding;
    this.#runner = runner;
    this.#memory = memory;
    this.#floats = floats;
    this.#driver = driver;
    this.#isAlone = driver.isAlone === true;
    this.#isPhased = plan.training.length > 1;
    this.exchangesBatch = exchangesBatch(plan);
    runner.use(Region.transient, memory.transient);
    this.#phases = plan.training.map(({ stages, exchange }) => ({
      stages: stages.map(({ part, first, later }) => ({ part, first: runner.bind(first), later: runner.bind(later) })),
      exchange: exchange && { ...exchange, calls: runner.bind(exchange.combine) },
    }));
  }

  /**
   * Gradients and statistics of the shards first, first + stride, …, below `end`, of a batch of so many samples.
   * @param state address of the copy of the state to read
   */
  run(state: number, samples: number, first: number, end: number, stride = 1): void {
    if (this.exchangesBatch) this.#runTogether(state, samples, first, end, stride);
    else for (let shard = first; shard < end; shard += stride) this.#runTogether(state, samples, shard, shard + 1, 1);
  }

  /** All shards through one phase after the other. */
  #runTogether(state: number, samples: number, first: number, end: number, stride: number): void {
    const last = this.#phases.length - 1;
    for (let i = 0; i <= last; i++) {
      const { stages, exchange } = this.#phases[i] as BoundPhase;
      for (let shard = first, slot = 0; shard < end; shard += stride, slot++) {
        if (i === 0) this.#clear(shard, slot, samples);
        this.#enterShard(state, shard, slot);
        this.#runStages(stages, i === 0, i === last, exchange, shard, slot, samples);
        if (exchange?.scope === 'shard') this.#combine(exchange, shard, samples);
      }
      if (exchange?.scope !== 'batch') continue;
      this.#driver.meet();
      this.#driver.enter(exchange.part);
      for (let shard = first, slot = 0; shard < end; shard += stride, slot++) {
        this.#enterShard(state, shard, slot);
        this.#combine(exchange, shard, samples);
      }
    }
  }

  /** Makes the statistics of a shard zero, and notes its part of the batch. */
  #clear(shard: number, slot: number, samples: number): void {
    const statistics = (this.#memory.statistics + shard * this.#plan.statisticsBytes) / FLOAT_BYTES;
    for (let i = 0; i < this.#plan.statistics.length; i++) this.#floats[statistics + i] = 0;
    const start = shard * this.#shardSamples;
    const share = (Math.min(samples, start + this.#shardSamples) - start) / samples;
    this.#floats[(this.#memory.shards + slot * this.#plan.shardBytes) / FLOAT_BYTES] = share;
  }

  #enterShard(state: number, shard: number, slot: number): void {
    const { gradients, statistics, shards } = this.#memory;
    const { gradientBytes, statisticsBytes, shardBytes } = this.#plan;
    this.#runner.enterShard(state, gradients + shard * gradientBytes, statistics + shard * statisticsBytes);
    this.#runner.use(Region.shard, shards + slot * shardBytes);
  }

  #runStages(
    stages: BoundPhase['stages'],
    isFirst: boolean,
    isLast: boolean,
    exchange: BoundPhase['exchange'],
    shard: number,
    slot: number,
    samples: number,
  ): void {
    const { blocksPerShard } = this.#sharding;
    const start = shard * this.#shardSamples;
    const end = Math.min(samples, start + this.#shardSamples);
    for (let position = start, block = 0; position < end; position += LANES, block++) {
      const number = this.#isPhased ? slot * blocksPerShard + block : 0;
      const workspace = this.#memory.workspaces + number * this.#plan.workspaceBytes;
      const count = Math.min(LANES, end - position);
      if (isFirst) this.#driver.read(workspace, position, count);
      this.#runner.enterBlock(workspace);
      if (exchange) this.#runner.use(Region.partial, this.#partialOf(exchange, shard * blocksPerShard + block));
      for (let i = 0; i < stages.length; i++) {
        const { part, first, later } = stages[i] as BoundPhase['stages'][number];
        this.#driver.enter(part);
        if (part === 'backward' && this.#driver.backward) this.#driver.backward(shard);
        else this.#runner.run(block === 0 ? first : later);
      }
      if (isLast) this.#driver.finish?.(workspace, position, count);
    }
  }

  #combine(exchange: PlanExchange & { readonly calls: BoundCalls }, shard: number, samples: number): void {
    const { blocksPerShard } = this.#sharding;
    const blocks = Math.ceil(samples / LANES);
    const isWhole = exchange.scope === 'batch' && !this.#isAlone;
    const first = isWhole ? 0 : shard * blocksPerShard;
    const end = isWhole ? blocks : Math.min(blocks, first + blocksPerShard);
    this.#runner.use(Region.partial, this.#partialOf(exchange, first));
    this.#runner.use(Region.blocks, end - first);
    this.#runner.run(exchange.calls);
  }

  /** Partials of one exchange lie side by side, block by block of the batch. */
  #partialOf({ offset, stride }: PlanExchange, block: number): number {
    const { shards, blocksPerShard } = this.#sharding;
    return this.#memory.partials + offset * shards * blocksPerShard + stride * block;
  }

  get #shardSamples(): number {
    return this.#sharding.blocksPerShard * LANES;
  }
}
