// A plan: a model compiled for one block of samples. Plain data, which can be posted to other threads.
import type { SlotStart } from '@convoy/kernels';
import type { Shape } from '@convoy/tensor';
import type { TargetForm } from '../loss.ts';

/**
 * The memory a plan works on, as separate regions whose bases are chosen when it runs: a workspace for every block that is being computed, one
 * copy of the training state, the gradients and the statistics of one shard, the block's part of an exchange (or, where it is combined, the
 * first one of its scope), what all blocks of a shard share, and what a block needs within a phase only, which all blocks of a runner use in
 * turn. `blocks` is no memory: its base is the number of blocks that are combined.
 */
export const Region = {
  workspace: 0,
  state: 1,
  gradients: 2,
  statistics: 3,
  partial: 4,
  shard: 5,
  blocks: 6,
  transient: 7,
} as const;
export type Region = (typeof Region)[keyof typeof Region];
export const REGION_COUNT = 8;

/** A place in memory: bytes behind the base of a region. */
export interface Address {
  readonly region: Region;
  readonly offset: number;
}

/** One call of an exported kernel. */
export interface PlanCall {
  /** Its number in `Plan.exportNames`. */
  readonly kernel: number;
  /** The layer, or 'loss' or a metric's name. */
  readonly layer: string;
  readonly arguments: readonly Address[];
  /** Whether it makes gradients of parameters on which nothing else of the block depends; see `Plan.isAssisted`. */
  readonly isDeferrable: boolean;
}

export type Part = 'forward' | 'score' | 'backward';

/** Calls for one block, all of the same part of the step. */
interface PlanStage {
  readonly part: Part;
  /** For the first block of a shard, whose gradients overwrite those in the buffer, and for the others, whose are added. */
  readonly first: readonly PlanCall[];
  readonly later: readonly PlanCall[];
}

/** What must be done for all blocks of a scope before the next phase may begin with any of them. */
export interface PlanPhase {
  readonly stages: readonly PlanStage[];
  readonly exchange: PlanExchange | undefined;
}

/** See `Exchange` of layers. */
export interface PlanExchange {
  readonly scope: 'shard' | 'batch';
  readonly part: Part;
  readonly combine: readonly PlanCall[];
  /** Bytes from one block's partial to the next one's, and those of one block's partials of all exchanges before this one. */
  readonly stride: number;
  readonly offset: number;
}

/** A parameter and where it lies, in floats, in the parameters and likewise in a gradient buffer and in each slot of the optimizer. */
export interface PlanParameter {
  readonly name: string;
  readonly shape: Shape;
  readonly offset: number;
  /** Whether it has a gradient: it is neither frozen nor a running statistic. */
  readonly isTrained: boolean;
}

/** Parameters that are updated by one kernel, as a range of units of 64 bytes. */
export interface PlanUpdate {
  readonly kernel: number;
  readonly first: number;
  readonly last: number;
  /** Whether the gradients have been summed by the clip's pass, if the plan has one. */
  readonly isClipped: boolean;
}

/** A pass over the gradients in front of the update; see `UpdateRunner`. */
export interface GradientClip {
  /** The number of the kernel that sums the shards' gradients into the first shard's, and their squares chunk by chunk. */
  readonly reduce: number;
  /** Units of `UNIT_FLOATS` in a chunk; the last may have fewer. */
  readonly chunkUnits: number;
  /** Chunks of all parameters, each with a float for its norm. */
  readonly chunks: number;
  /** The largest norm that is not clipped. */
  readonly norm: number;
}

export interface Plan {
  readonly input: Shape;
  readonly output: Shape;
  readonly targets: TargetForm;
  /** 'loss', then the metrics, in the order of the statistics. */
  readonly statistics: readonly string[];
  readonly parameters: readonly PlanParameter[];
  /** Floats of all parameters with their padding; a multiple of 16. */
  readonly parameterFloats: number;
  /** Names of the arrays that the optimizer keeps behind the parameters, of `parameterFloats` each. */
  readonly slots: readonly string[];
  /** What each of them holds before the first step. */
  readonly slotStarts: readonly SlotStart[];

  readonly stateBytes: number;
  readonly gradientBytes: number;
  readonly statisticsBytes: number;
  /**
   * Whether calls of backward that stand aside may run later than in their order, until the step ends, and by another thread: what they read and
   * write stays as it is so long. Then there is one phase.
   */
  readonly isAssisted: boolean;
  /** For each block that is being computed: one a worker, unless there are exchanges; see `workspaces`. */
  readonly workspaceBytes: number;
  /** For each runner, if there are exchanges: what blocks need within a phase. */
  readonly transientBytes: number;
  /** For each shard that is being computed. */
  readonly shardBytes: number;
  /** For each block of the batch: its partials of all exchanges. */
  readonly partialBytes: number;
  /** No region may start below this address. */
  readonly guardBytes: number;

  /** Offsets in the workspace: rows of 8 samples as they come, the block of inputs, targets and sample weights. */
  readonly rows: number;
  readonly inputs: number;
  readonly targetCells: number;
  readonly weights: number;
  /** The block of outputs, valid after the forward calls, and room for its 8 rows. */
  readonly outputs: number;
  readonly outputRows: number;
  /** 8 words of random bits, one a sample, if a layer asks for them. */
  readonly randomKeys: number | undefined;
  /** The gradient at the inputs, valid after the backward calls, if it was asked for. */
  readonly inputGradient: number | undefined;

  readonly module: Uint8Array<ArrayBuffer>;
  readonly exportNames: readonly string[];
  /** A block from its inputs to the parameters' gradients. */
  readonly training: readonly PlanPhase[];
  /** A block from its inputs to the outputs, and the scores of these. */
  readonly inference: readonly PlanCall[];
  readonly score: readonly PlanCall[];
  /** Outputs to rows. */
  readonly scatter: PlanCall;
  /** Together all parameters. */
  readonly updates: readonly PlanUpdate[];
  /** What the clip of the gradients' global norm takes, if the optimizer asks for it. */
  readonly clip: GradientClip | undefined;
}

export const CACHE_LINE = 64;

export const roundUp = (value: number, unit: number): number => Math.ceil(value / unit) * unit;

/** Whether workers exchange anything within a step, so that each must compute all its shards side by side. */
export const exchangesBatch = ({ training }: Plan): boolean =>
  training.some(({ exchange }) => exchange?.scope === 'batch');

/** All calls of a part of the step, those of exchanges among them, and of inference with its scores for 'forward' and 'score'. */
export function callsOf({ training, inference, score }: Plan, part: Part): readonly PlanCall[] {
  const trained = training.flatMap(({ stages, exchange }) => [
    ...stages.filter((stage) => stage.part === part).flatMap(({ first, later }) => [...first, ...later]),
    ...(exchange?.part === part ? exchange.combine : []),
  ]);
  if (part === 'forward') return [...trained, ...inference];
  return part === 'score' ? [...trained, ...score] : trained;
}
