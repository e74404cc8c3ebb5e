// A plan: a model compiled for one block of samples. Plain data, which can be posted to other threads.
import type { SlotStart } from '@convoy/kernels';
import type { Shape } from '@convoy/tensor';
import type { TargetSpec } from '../loss.ts';

/**
 * A plan works on separate regions of memory, whose base addresses are chosen when it runs:
 * the workspace of the block that is computed; one copy of the training state; the gradients and the scores of one shard; the partial of the
 * block for the next exchange (when an exchange is combined: the first partial of its scope); memory that all blocks of a shard share; transient
 * memory, which the blocks of an engine use in turn. `blocks` is not memory: its base is the number of blocks that are combined.
 */
export const Region = {
  workspace: 0,
  state: 1,
  gradients: 2,
  scores: 3,
  partial: 4,
  shard: 5,
  blocks: 6,
  transient: 7,
} as const;
export type Region = (typeof Region)[keyof typeof Region];
export const REGION_COUNT = 8;

/** A byte offset from the base of a region. */
export interface Address {
  readonly region: Region;
  readonly offset: number;
}

/** One call of a kernel. */
export interface PlanCall {
  /** The kernel for the first block of a shard, which overwrites gradients: its number in `Plan.exportNames`. */
  readonly kernel: number;
  /** The kernel for later blocks, which adds to gradients; the same kernel for calls that write no gradients of parameters. */
  readonly laterKernel: number;
  /** The layer, 'loss' or the name of a metric. */
  readonly layer: string;
  /** In the order of the kernel's parameters. */
  readonly operands: readonly Address[];
  /** Whether nothing else of the block depends on its results; see `Plan.isAssisted`. */
  readonly isDeferrable: boolean;
}

export type Pass = 'forward' | 'loss' | 'backward';

/** Calls for one block, all of the same pass. */
interface PlanStage {
  readonly pass: Pass;
  readonly calls: readonly PlanCall[];
}

/** Work for all blocks of a scope, which must be complete before the next phase may begin with any of them. */
export interface PlanPhase {
  readonly stages: readonly PlanStage[];
  readonly exchange: PlanExchange | undefined;
}

/** See `Exchange` in layer-context.ts. */
export interface PlanExchange {
  readonly scope: 'shard' | 'batch';
  readonly pass: Pass;
  readonly combine: readonly PlanCall[];
  /** Bytes from the partial of one block to that of the next. */
  readonly stride: number;
  /** Bytes that the partials of all earlier exchanges take, for one block. */
  readonly offset: number;
}

/** A parameter, and its offset in floats in the parameters, in a gradient buffer and in each slot of the optimizer. */
export interface PlanParameter {
  readonly name: string;
  readonly shape: Shape;
  readonly offset: number;
  /** Whether it has a gradient: it is neither frozen nor a running statistic. */
  readonly isTrained: boolean;
}

/** A range of parameters that one kernel updates, in units of 64 bytes. */
export interface PlanUpdate {
  readonly kernel: number;
  readonly first: number;
  readonly last: number;
}

/**
 * The reduction as a stage before the update: gradients and running statistics of all shards are summed into the buffer of the first shard, and
 * something may happen to the sums before the update reads them. A plan without it sums the shards inside the update, which reads them once.
 */
export interface PlanReduction {
  /** The number of the kernel that sums units of the shards' buffers, and the units it is for. */
  readonly kernel: number;
  readonly first: number;
  readonly last: number;
  /** Sums the units before `first` chunk by chunk, with the squares that the clip needs; undefined where no norm is clipped. */
  readonly clip: GradientClip | undefined;
}

/** Clips the global norm of the gradients. */
export interface GradientClip {
  /** The number of the kernel that sums the shards' gradients into the first shard's, and their squares chunk by chunk. */
  readonly kernel: number;
  /** Units of `UNIT_FLOATS` per chunk; the last chunk may have fewer. */
  readonly chunkUnits: number;
  /** Chunks of all trained parameters, each with a float for its norm. */
  readonly chunks: number;
  /** The greatest norm that is not clipped. */
  readonly maxNorm: number;
}

export interface Plan {
  readonly input: Shape;
  readonly output: Shape;
  readonly targets: TargetSpec;
  /** 'loss', then the metrics, in the order of the score buffer. */
  readonly scores: readonly string[];
  readonly parameters: readonly PlanParameter[];
  /** Floats of all parameters with their padding; a multiple of 16. */
  readonly parameterFloats: number;
  /** Names of the arrays that the optimizer keeps after the parameters, of `parameterFloats` each. */
  readonly slots: readonly string[];
  /** What each slot holds before the first step. */
  readonly slotStarts: readonly SlotStart[];
  /** How many numbers the optimizer takes for each step. */
  readonly hyperparameters: number;

  readonly stateBytes: number;
  readonly gradientBytes: number;
  readonly scoreBytes: number;
  /**
   * Whether deferrable calls of backward may run later than in their order, until the step ends, and on another thread: what they read and write
   * stays unchanged until then. Such a plan has one phase.
   */
  readonly isAssisted: boolean;
  /** For each block that is in progress: one per engine, unless there are exchanges. */
  readonly workspaceBytes: number;
  /** For each engine, if there are exchanges: memory that blocks need within a phase only. */
  readonly transientBytes: number;
  /** For each shard that is in progress. */
  readonly shardBytes: number;
  /** For each block of the batch: its partials of all exchanges. */
  readonly partialBytes: number;
  /** No region may start below this address. */
  readonly guardBytes: number;

  /** Offsets in the workspace: 8 rows as they lie in the data set, the block of inputs, targets and sample weights. */
  readonly rows: number;
  readonly inputs: number;
  readonly targetCells: number;
  readonly sampleWeights: number;
  /** The block of outputs, valid after the forward calls, and room for its 8 rows. */
  readonly outputs: number;
  readonly outputRows: number;
  /** 8 words of random bits, one per sample, if a layer asks for them. */
  readonly randomKeys: number | undefined;
  /** The gradient at the inputs, valid after the backward calls, if it was asked for. */
  readonly inputGradient: number | undefined;

  readonly module: Uint8Array<ArrayBuffer>;
  readonly exportNames: readonly string[];
  /** From the inputs of a block to the gradients of the parameters. */
  readonly training: readonly PlanPhase[];
  /** From the inputs of a block to the outputs. */
  readonly inference: readonly PlanCall[];
  /** From the outputs of a block to its scores. */
  readonly scoring: readonly PlanCall[];
  /** Outputs to rows. */
  readonly scatter: PlanCall;
  /** Together they cover all parameters. */
  readonly updates: readonly PlanUpdate[];
  readonly reduction: PlanReduction | undefined;
}

export const CACHE_LINE = 64;

export const roundUp = (value: number, unit: number): number => Math.ceil(value / unit) * unit;

/** Whether workers exchange partials within a step, so that each must compute all its shards side by side. */
export const exchangesBatch = ({ training }: Plan): boolean =>
  training.some(({ exchange }) => exchange?.scope === 'batch');

/** All calls of a pass, including those of exchanges; for 'forward' and 'loss' also those of inference and scoring. */
export function callsOf({ training, inference, scoring }: Plan, pass: Pass): readonly PlanCall[] {
  const trained = training.flatMap(({ stages, exchange }) => [
    ...stages.filter((stage) => stage.pass === pass).flatMap(({ calls }) => calls),
    ...(exchange?.pass === pass ? exchange.combine : []),
  ]);
  if (pass === 'forward') return [...trained, ...inference];
  return pass === 'loss' ? [...trained, ...scoring] : trained;
}

/** The layer to which a kernel of a plan belongs, 'loss' or the name of a metric. */
export function layerOf(plan: Plan, kernel: number): string | undefined {
  const passes: readonly Pass[] = ['forward', 'loss', 'backward'];
  const calls = passes.flatMap((pass) => callsOf(plan, pass));
  return calls.find((call) => call.kernel === kernel || call.laterKernel === kernel)?.layer;
}
