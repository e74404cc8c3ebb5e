// Where the regions of a plan lie in memory, for one engine or for several that share it.
import { CACHE_LINE, exchangesBatch, type Plan, roundUp } from './plan.ts';
import type { Sharding } from './sharding.ts';

const FLOAT_BYTES = 4;
const DOUBLE_BYTES = 8;

/** Addresses in bytes, each on a cache line of its own. */
export interface EngineLayout {
  /** Two copies of the training state: a step reads one and writes the other. */
  readonly states: readonly [number, number];
  /** One gradient buffer per shard of a batch, `gradientBytes` apart. */
  readonly gradients: number;
  /** One line of scores per shard of a batch, or of a piece of an evaluation, `scoreBytes` apart. */
  readonly scores: number;
  /** Float64: the sum of each score over the batch. */
  readonly scoreSums: number;
  /** Float32: the squared norm of each chunk of the gradients, if the plan clips their norm. */
  readonly norms: number;
  /** The partials of all blocks of a batch. */
  readonly partials: number;
  /** What each engine has for itself, by rank. */
  readonly engines: readonly EngineMemory[];
}

/** Addresses of memory that one engine has for itself. */
export interface EngineMemory {
  /** Memory that the blocks of a shard share, for the shards that the engine computes side by side. */
  readonly shards: number;
  readonly transient: number;
  /** The workspaces of the blocks that the engine computes side by side. */
  readonly workspaces: number;
}

/** Reserves memory: `label` says what it is for. @returns its address, a multiple of a cache line */
export type Reserve<Label extends string = EngineLabel> = (label: Label, bytes: number) => number;

/** What memory is for, in reports. */
export type EngineLabel = 'state' | 'gradients' | 'exchange' | 'workspaces';

/**
 * Lays out the memory of `engines` engines that share the shards of a batch. Everything lies at `Plan.guardBytes` or above.
 * @param scoreLines how many lines of scores there are, at least one per shard
 */
export function layOutEngines(
  plan: Plan,
  sharding: Sharding,
  engines: number,
  reserve: Reserve,
  scoreLines = sharding.shards,
): EngineLayout {
  const { shards, blocksPerShard } = sharding;
  const states = [reserve('state', plan.stateBytes), reserve('state', plan.stateBytes)] as const;
  const gradients = reserve('gradients', shards * plan.gradientBytes);
  const scores = reserve('gradients', Math.max(shards, scoreLines) * plan.scoreBytes);
  const scoreSums = reserve('gradients', plan.scores.length * DOUBLE_BYTES);
  const norms = reserve('gradients', (plan.reduction?.clip?.chunks ?? 0) * FLOAT_BYTES);
  const partials = reserve('exchange', plan.partialBytes * shards * blocksPerShard);
  const perEngine = (bytes: number) => Array.from({ length: engines }, () => reserve('workspaces', bytes));
  const shardMemories = perEngine(shardBytesOf(plan, sharding, engines));
  const transients = perEngine(plan.transientBytes);
  const workspaces = perEngine(workspaceBytesOf(plan, sharding, engines));
  return {
    ...{ states, gradients, scores, scoreSums, norms, partials },
    engines: workspaces.map((address, rank) => ({
      shards: shardMemories[rank] as number,
      transient: transients[rank] as number,
      workspaces: address,
    })),
  };
}

/** Reserves memory from an address on. */
export class MemoryPlanner<Label extends string> {
  #end: number;
  readonly #bytes = new Map<Label, number>();

  constructor(start = 0) {
    this.#end = roundUp(start, CACHE_LINE);
  }

  readonly reserve: Reserve<Label> = (label, bytes) => {
    const address = this.#end;
    this.#end += roundUp(bytes, CACHE_LINE);
    this.#bytes.set(label, (this.#bytes.get(label) ?? 0) + this.#end - address);
    return address;
  };

  /** Leaves memory below an address out. */
  skipTo(address: number): void {
    this.#end = Math.max(this.#end, roundUp(address, CACHE_LINE));
  }

  /** The address after all that is reserved. */
  get end(): number {
    return this.#end;
  }

  /** How many bytes were reserved under a label. */
  readonly bytesOf = (label: Label): number => this.#bytes.get(label) ?? 0;
}

/** The bytes of the workspaces of one of `engines`. */
export function workspaceBytesOf(plan: Plan, sharding: Sharding, engines: number): number {
  return plan.workspaceBytes * blocksInProgress(plan, sharding, shardsPerEngine(sharding, engines));
}

/** Blocks that an engine computes side by side, if it computes `shards` of them: the next phase needs what one phase leaves. */
function blocksInProgress(plan: Plan, { blocksPerShard }: Sharding, shards: number): number {
  if (plan.training.length === 1) return 1;
  return blocksPerShard * (exchangesBatch(plan) ? shards : 1);
}

const shardBytesOf = (plan: Plan, sharding: Sharding, engines: number): number =>
  plan.shardBytes * (exchangesBatch(plan) ? shardsPerEngine(sharding, engines) : 1);

/** The greatest number of shards that one of `engines` computes, if none can leave its shards to others. */
const shardsPerEngine = ({ shards }: Sharding, engines: number): number => Math.ceil(shards / engines);
