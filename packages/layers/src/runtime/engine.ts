// Runs a plan on one thread. The learner, the workers of a trainer, the self-test and the search for non-finite numbers all use it; no other code
// chooses a copy of the state, or reduces, clips and updates. Several engines may share the shards of a batch: each has a rank and its own memory.
// The driver decides which engine computes which shard, and makes engines meet.
import { sizeOf } from '@convoy/tensor/shape';
import type { Backend } from './backend.ts';
import type { Batch } from './batch.ts';
import { type BoundCalls, type CallHooks, CallRunner } from './call-runner.ts';
import type { EngineLayout, EngineMemory } from './engine-layout.ts';
import { LANES } from './lanes.ts';
import { exchangesBatch, type Plan, Region } from './plan.ts';
import { RandomKeys } from './random-keys.ts';
import { Reduction, sliceOf } from './reduction.ts';
import { type ShardHooks, ShardRunner } from './shard-runner.ts';
import type { Sharding } from './sharding.ts';
import { UNIT_FLOATS, Update } from './update.ts';
import { bindWasm } from './wasm-backend.ts';

const FLOAT_BYTES = 4;

export interface EngineOptions {
  readonly plan: Plan;
  readonly sharding: Sharding;
  /** The plan's module, compiled. */
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly layout: EngineLayout;
  /** Which of the engines of the layout this is; default 0. */
  readonly rank?: number;
  /** For the random keys of layers such as dropout. */
  readonly seed: number;
  /** Default WebAssembly. */
  readonly backend?: Pick<Backend, 'bind'>;
}

export type EngineHooks = CallHooks & Omit<ShardHooks, 'write'>;

/** A call of backward, and whether another thread may run it later; see `Plan.isAssisted`. */
export interface BackwardCall {
  readonly calls: BoundCalls;
  readonly isDeferrable: boolean;
}

export class Engine {
  /** Whether all shards that an engine computes must go through one call of `computeShards`. */
  readonly exchangesBatch: boolean;
  readonly #plan: Plan;
  readonly #sharding: Sharding;
  readonly #layout: EngineLayout;
  readonly #own: EngineMemory;
  readonly #hooks: EngineHooks;
  readonly #floats: Float32Array;
  readonly #runner: CallRunner;
  readonly #shards: ShardRunner;
  readonly #keys: RandomKeys;
  readonly #reduction: Reduction;
  readonly #update: Update;
  readonly #inference: BoundCalls;
  readonly #scoring: BoundCalls;
  readonly #scatter: BoundCalls;
  readonly #outputSize: number;
  /** The addresses of the current copy of the state, and of the next one. */
  #state = 0;
  #nextState = 0;
  #batch: Batch | undefined;

  constructor(options: EngineOptions, hooks: EngineHooks = {}) {
    const { plan, sharding, module, memory, layout, rank = 0, seed, backend = { bind: bindWasm } } = options;
    const kernels = backend.bind(module, plan.exportNames, memory);
    this.exchangesBatch = exchangesBatch(plan);
    this.#plan = plan;
    this.#sharding = sharding;
    this.#layout = layout;
    this.#own = layout.engines[rank] as EngineMemory;
    this.#hooks = hooks;
    this.#floats = new Float32Array(memory.buffer);
    this.#runner = new CallRunner(kernels, hooks);
    const write = (workspace: number, position: number, samples: number) =>
      this.#writeForTraining(workspace, position, samples);
    this.#shards = new ShardRunner(plan, sharding, this.#runner, layout, this.#own, this.#floats, { ...hooks, write });
    this.#keys = new RandomKeys(plan, seed, memory);
    this.#reduction = new Reduction(plan, kernels, layout, memory);
    this.#update = new Update(plan, kernels);
    this.#inference = this.#runner.bind(plan.inference);
    this.#scoring = this.#runner.bind(plan.scoring);
    this.#scatter = this.#runner.bind([plan.scatter]);
    this.#outputSize = sizeOf(plan.output);
  }

  /** Reads the copy of the state that is current after `step` committed steps, and writes the other one. */
  enterStep(step: number): void {
    const { states } = this.#layout;
    this.#state = states[(step & 1) as 0 | 1];
    this.#nextState = states[((step + 1) & 1) as 0 | 1];
    this.#keys.enterStep(step);
  }

  /**
   * Gradients and scores of shards first, first + stride, … below `end` of a batch. Each shard has its own gradient buffer and line of scores, so
   * who computes it does not matter.
   */
  computeShards(batch: Batch, first: number, end: number, stride = 1): void {
    this.#batch = batch;
    this.#shards.run(this.#state, batch.samples, first, end, stride);
  }

  /** Whether `reduce` must be complete on all engines before `update` begins on any of them. */
  get reducesFirst(): boolean {
    return this.#reduction.isSeparate;
  }

  /** Sums a slice of what the shards have left; the first engine also sums the scores. Does nothing if the update sums the shards itself. */
  reduce(rank: number, team: number, shards: number): void {
    if (!this.reducesFirst) return;
    this.#reduction.reduceGradients(rank, team, shards);
    if (rank === 0) this.#reduction.reduceScores(shards);
  }

  /** Writes a slice of the next copy of the state. `hyperparameters` holds the optimizer's numbers, from element `at` on. */
  update(rank: number, team: number, shards: number, hyperparameters: ArrayLike<number>, at = 0): void {
    const [first, end] = sliceOf(this.#plan.parameterFloats / UNIT_FLOATS, rank, team);
    const buffers = this.reducesFirst ? 1 : shards;
    const factor = this.#reduction.clipFactor();
    const { gradients } = this.#layout;
    this.#update.run(this.#state, this.#nextState, gradients, first, end, buffers, factor, hyperparameters, at);
  }

  /** The loss of a batch, and for each metric the sum over its samples, after all engines have computed their shards. */
  sumScores(shards: number): Float64Array {
    this.#reduction.reduceScores(shards);
    return this.#reduction.scoreSums;
  }

  /** The same at the end of a step: what `reduce` has summed, if there is a reduction before the update. */
  stepScores(shards: number): Float64Array {
    return this.reducesFirst ? this.#reduction.scoreSums : this.sumScores(shards);
  }

  /**
   * Adds up the scores of one shard of a batch, without gradients.
   * @param line the line of scores that takes them
   * @param array which array of the state takes the place of the parameters: 0 for themselves, 1 + i for slot i of the optimizer
   */
  scoreShard({ source, order, first, samples }: Batch, shard: number, line: number, array: number): void {
    const { scores, scoreBytes } = this.#plan;
    const address = this.#layout.scores + line * scoreBytes;
    for (let i = 0; i < scores.length; i++) this.#floats[address / FLOAT_BYTES + i] = 0;
    this.#enterInference(array);
    this.#runner.use(Region.scores, address);
    const shardSamples = this.#sharding.blocksPerShard * LANES;
    const start = shard * shardSamples;
    const end = Math.min(samples, start + shardSamples);
    const { workspaces } = this.#own;
    for (let position = start; position < end; position += LANES) {
      this.#hooks.enter?.('gather');
      source.write(workspaces, order, first + position, Math.min(LANES, end - position), 1 / samples);
      this.#hooks.enter?.('forward');
      this.#runner.run(this.#inference);
      this.#hooks.enter?.('loss');
      this.#runner.run(this.#scoring);
    }
  }

  /**
   * Outputs of at most 8 samples of a batch, from its sample `position` on: rows `position` … of `outputs`.
   * @param array as in `scoreShard`
   */
  predictBlock({ source, order, first, samples }: Batch, position: number, outputs: Float32Array, array: number): void {
    const count = Math.min(LANES, samples - position);
    const { workspaces } = this.#own;
    const rows = (workspaces + this.#plan.outputRows) / FLOAT_BYTES;
    this.#enterInference(array);
    this.#hooks.enter?.('gather');
    source.write(workspaces, order, first + position, count, 0);
    this.#hooks.enter?.('forward');
    this.#runner.run(this.#inference);
    this.#runner.run(this.#scatter);
    outputs.set(this.#floats.subarray(rows, rows + count * this.#outputSize), position * this.#outputSize);
  }

  /** The calls of backward in their order, of a plan that is assisted. */
  backwardCalls(): readonly BackwardCall[] {
    return this.#plan.training
      .flatMap(({ stages }) => stages)
      .flatMap(({ pass, calls }) => (pass === 'backward' ? calls : []))
      .map((call) => ({ calls: this.#runner.bind([call]), isDeferrable: call.isDeferrable }));
  }

  /** Runs some of them, in the block that is entered. */
  runCalls(calls: BoundCalls): void {
    this.#runner.run(calls);
  }

  /** Enters the only block of a shard that another engine computes, to run deferrable calls of it. */
  enterBlockOf(rank: number, shard: number): void {
    const { gradientBytes, scoreBytes } = this.#plan;
    const runner = this.#runner;
    runner.use(Region.workspace, (this.#layout.engines[rank] as EngineMemory).workspaces);
    runner.use(Region.state, this.#state);
    runner.use(Region.gradients, this.#layout.gradients + shard * gradientBytes);
    runner.use(Region.scores, this.#layout.scores + shard * scoreBytes);
  }

  #enterInference(array: number): void {
    const runner = this.#runner;
    runner.use(Region.workspace, this.#own.workspaces);
    runner.use(Region.state, this.#state + array * this.#plan.gradientBytes);
  }

  #writeForTraining(workspace: number, position: number, samples: number): void {
    const { source, order, first, samples: all } = this.#batch as Batch;
    this.#hooks.enter?.('gather');
    source.write(workspace, order, first + position, samples, 1 / all);
    this.#keys.fill(workspace, position);
  }
}
