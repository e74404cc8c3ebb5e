// A plan: a model compiled for one block of samples. Plain data, which can be posted to other threads.
import type { SlotStart } from '@convoy/kernels';
import type { Shape } from '@convoy/tensor';
import type { TargetForm } from '../loss.ts';

/**
 * The memory a plan works on, as separate regions whose bases are chosen when it runs: a workspace of its own for every thread, one copy of
 * the training state, the gradients of one shard, and the statistics of one shard.
 */
export const Region = { workspace: 0, state: 1, gradients: 2, statistics: 3 } as const;
export type Region = (typeof Region)[keyof typeof Region];
export const REGION_COUNT = 4;

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
}

/** A parameter and where it lies, in floats, in the parameters and likewise in a gradient buffer and in each slot of the optimizer. */
export interface PlanParameter {
  readonly name: string;
  readonly shape: Shape;
  readonly offset: number;
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
  readonly workspaceBytes: number;
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
  /** The gradient at the inputs, valid after the backward calls, if it was asked for. */
  readonly inputGradient: number | undefined;

  readonly module: Uint8Array<ArrayBuffer>;
  readonly exportNames: readonly string[];
  readonly forward: readonly PlanCall[];
  /** The loss with the gradient at the output, and the metrics. */
  readonly score: readonly PlanCall[];
  /** Backward calls that overwrite the shard's gradients, and those that add to them. */
  readonly backward: readonly PlanCall[];
  readonly backwardAccumulate: readonly PlanCall[];
  /** Outputs to rows. */
  readonly scatter: PlanCall;
  /** The number of the optimizer's kernel. */
  readonly update: number;
  /** What the clip of the gradients' global norm takes, if the optimizer asks for it. */
  readonly clip: GradientClip | undefined;
}

export const CACHE_LINE = 64;

export const roundUp = (value: number, unit: number): number => Math.ceil(value / unit) * unit;
