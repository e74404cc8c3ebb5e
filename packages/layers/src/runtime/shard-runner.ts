// Runs the training calls of a plan over shards: block after block, and phase after phase where layers exchange partials between blocks.
import type { BoundCalls, BoundPair, CallRunner } from './call-runner.ts';
import type { EngineLayout, EngineMemory } from './engine-layout.ts';
import { LANES } from './lanes.ts';
import { exchangesBatch, type Pass, type Plan, type PlanExchange, Region } from './plan.ts';
import type { Sharding } from './sharding.ts';

const FLOAT_BYTES = 4;

/** What a shard runner needs from the engine and from the code that drives it. */
export interface ShardHooks {
  /** Fills a workspace with the samples from a position of the batch on. */
  readonly write: (workspace: number, position: number, samples: number) => void;
  /** Is called when a pass, or the gathering of samples, begins. */
  readonly enter?: ((activity: Pass | 'gather') => void) | undefined;
  /** Returns when all engines of the batch have called it. */
  readonly meet?: (() => void) | undefined;
  /** Runs backward of the only block of a shard in place of the runner. */
  readonly backward?: ((shard: number) => void) | undefined;
  /** Is called when the gradients of a block are complete. */
  readonly finish?: ((workspace: number, position: number, samples: number) => void) | undefined;
  /** Whether exchanges of the batch are combined from the partials of one shard only. */
  readonly isAlone?: boolean | undefined;
}

interface BoundPhase {
  readonly stages: readonly BoundStage[];
  readonly exchange: BoundExchange | undefined;
}
type BoundStage = BoundPair & { readonly pass: Pass };
type BoundExchange = PlanExchange & { readonly calls: BoundCalls };

export class ShardRunner {
  readonly #plan: Plan;
  readonly #sharding: Sharding;
  readonly #runner: CallRunner;
  readonly #layout: EngineLayout;
  readonly #memory: EngineMemory;
  readonly #hooks: ShardHooks;
  readonly #floats: Float32Array;
  readonly #phases: readonly BoundPhase[];
  /** Whether blocks keep their workspaces from one phase to the next. */
  readonly #isPhased: boolean;
  readonly #exchangesBatch: boolean;

  constructor(
    plan: Plan,
    sharding: Sharding,
    runner: CallRunner,
    layout: EngineLayout,
    memory: EngineMemory,
    floats: Float32Array,
    hooks: ShardHooks,
  ) {
    this.#plan = plan;
    this.#sharding = sharding;
    this.#runner = runner;
    this.#layout = layout;
    this.#memory = memory;
    this.#floats = floats;
    this.#hooks = hooks;
    this.#isPhased = plan.training.length > 1;
    this.#exchangesBatch = exchangesBatch(plan);
    runner.use(Region.transient, memory.transient);
    this.#phases = plan.training.map(({ stages, exchange }) => ({
      stages: stages.map(({ pass, calls }) => ({ pass, ...runner.bindPair(calls) })),
      exchange: exchange && { ...exchange, calls: runner.bind(exchange.combine) },
    }));
  }

  /**
   * Computes the gradients and scores of shards first, first + stride, … below `end`, of a batch of `samples`.
   * @param state the address of the copy of the state to read
   */
  run(state: number, samples: number, first: number, end: number, stride: number): void {
    if (this.#exchangesBatch) this.#runTogether(state, samples, first, end, stride);
    else for (let shard = first; shard < end; shard += stride) this.#runTogether(state, samples, shard, shard + 1, 1);
  }

  /** Takes all shards through one phase after another. */
  #runTogether(state: number, samples: number, first: number, end: number, stride: number): void {
    const last = this.#phases.length - 1;
    for (let i = 0; i <= last; i++) {
      const { stages, exchange } = this.#phases[i] as BoundPhase;
      for (let shard = first, place = 0; shard < end; shard += stride, place++) {
        if (i === 0) this.#clear(shard, place, samples);
        this.#enterShard(state, shard, place);
        this.#runStages(stages, i === 0, i === last, exchange, shard, place, samples);
        if (exchange?.scope === 'shard') this.#combine(exchange, shard, samples);
      }
      if (exchange?.scope !== 'batch') continue;
      this.#hooks.meet?.();
      this.#hooks.enter?.(exchange.pass);
      for (let shard = first, place = 0; shard < end; shard += stride, place++) {
        this.#enterShard(state, shard, place);
        this.#combine(exchange, shard, samples);
      }
    }
  }

  /** Sets the scores of a shard to zero, and stores its share of the batch. */
  #clear(shard: number, place: number, samples: number): void {
    const scores = (this.#layout.scores + shard * this.#plan.scoreBytes) / FLOAT_BYTES;
    for (let i = 0; i < this.#plan.scores.length; i++) this.#floats[scores + i] = 0;
    const start = shard * this.#shardSamples;
    const share = (Math.min(samples, start + this.#shardSamples) - start) / samples;
    this.#floats[(this.#memory.shards + place * this.#plan.shardBytes) / FLOAT_BYTES] = share;
  }

  /** @param place where the memory of the shard lies among the shards that this engine computes side by side */
  #enterShard(state: number, shard: number, place: number): void {
    const { gradientBytes, scoreBytes, shardBytes } = this.#plan;
    const runner = this.#runner;
    runner.use(Region.state, state);
    runner.use(Region.gradients, this.#layout.gradients + shard * gradientBytes);
    runner.use(Region.scores, this.#layout.scores + shard * scoreBytes);
    runner.use(Region.shard, this.#memory.shards + place * shardBytes);
  }

  #runStages(
    stages: readonly BoundStage[],
    isFirst: boolean,
    isLast: boolean,
    exchange: BoundExchange | undefined,
    shard: number,
    place: number,
    samples: number,
  ): void {
    const { blocksPerShard } = this.#sharding;
    const { write, enter, backward, finish } = this.#hooks;
    const start = shard * this.#shardSamples;
    const end = Math.min(samples, start + this.#shardSamples);
    for (let position = start, block = 0; position < end; position += LANES, block++) {
      const number = this.#isPhased ? place * blocksPerShard + block : 0;
      const workspace = this.#memory.workspaces + number * this.#plan.workspaceBytes;
      const count = Math.min(LANES, end - position);
      if (isFirst) write(workspace, position, count);
      this.#runner.use(Region.workspace, workspace);
      if (exchange) this.#runner.use(Region.partial, this.#partialOf(exchange, shard * blocksPerShard + block));
      for (let i = 0; i < stages.length; i++) {
        const { pass, first, later } = stages[i] as BoundStage;
        enter?.(pass);
        if (pass === 'backward' && backward) backward(shard);
        else this.#runner.run(block === 0 ? first : later);
      }
      if (isLast) finish?.(workspace, position, count);
    }
  }

  #combine(exchange: BoundExchange, shard: number, samples: number): void {
    const { blocksPerShard } = this.#sharding;
    const blocks = Math.ceil(samples / LANES);
    const isWhole = exchange.scope === 'batch' && !this.#hooks.isAlone;
    const first = isWhole ? 0 : shard * blocksPerShard;
    const end = isWhole ? blocks : Math.min(blocks, first + blocksPerShard);
    this.#runner.use(Region.partial, this.#partialOf(exchange, first));
    this.#runner.use(Region.blocks, end - first);
    this.#runner.run(exchange.calls);
  }

  /** The partials of one exchange lie side by side, block by block of the batch. */
  #partialOf({ offset, stride }: PlanExchange, block: number): number {
    const { shards, blocksPerShard } = this.#sharding;
    return this.#layout.partials + offset * shards * blocksPerShard + stride * block;
  }

  get #shardSamples(): number {
    return this.#sharding.blocksPerShard * LANES;
  }
}
