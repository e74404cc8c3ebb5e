// Where a layer stands in a plan, and what it does there.
import type { Activation, Kernel } from '@convoy/kernels';
import type { Shape } from '@convoy/tensor';

/** A place in memory that the plan decides on. */
export interface Place {
  readonly name: string;
}

/** One call of a kernel with the places it works on. */
export interface Call {
  readonly kernel: Kernel;
  readonly places: readonly Place[];
}

/**
 * A point at which a layer has to know more than its own block. Calls before it leave a partial result of the block in `Site.partial`; then
 * `combine` runs once for each shard, on the partials of all blocks of the scope in order. In `combine`, the place of the partial is that of
 * the first block, and `Site.blocks` is their number; partials lie `partialStride` floats apart.
 */
export interface Exchange {
  /** 'batch' makes all workers wait for each other. */
  readonly scope: 'shard' | 'batch';
  /** Of the partial result of one block. */
  readonly partialFloats: number;
  readonly combine: readonly Call[];
}

/** What a layer does, in order. */
export type Work = Call | Exchange;

/** One input of a layer in a plan. */
export interface LayerContextInput {
  /** Of one sample. */
  readonly shape: Shape;
  readonly x: Place;
  /** Missing where nothing needs it, as at the input of the model. */
  readonly gradient: Place | undefined;
}

/** Where a layer stands in a plan: its shapes and the places of its data. All data are blocks of 8 samples; see `@convoy/kernels`. */
export interface Site {
  /** Unique in the model. */
  readonly name: string;
  readonly inputs: readonly LayerContextInput[];
  /** The shape of one sample of the first input, the place of its data and of its gradient. */
  readonly input: Shape;
  readonly x: Place;
  readonly inputGradient: Place | undefined;
  /** The shape of one sample. */
  readonly output: Shape;
  readonly y: Place;
  readonly outputGradient: Place;
  /** Whether the layer's parameters and running statistics stay as they are. */
  readonly frozen: boolean;
  /**
   * What `family`, which depends on its arguments alone, makes of them: plain data, and activations. Layers that repeat each other share the
   * kernel, so that it is made and encoded once; the places that it works on are those of each call.
   */
  kernel<Arguments extends readonly unknown[]>(family: (...given: Arguments) => Kernel, ...given: Arguments): Kernel;
  parameter(name: string): Place;
  gradient(name: string): Place;
  /** Memory of the block. What is written in forward is still there in backward, if backward uses it. To be called in `compile`. */
  scratch(floats: number): Place;
  /** Memory of the shard, which all its blocks share and which lasts for the step. To be called in `compile`. */
  shardMemory(floats: number): Place;
  /** The block's part of the next exchange; see `Exchange`. */
  readonly partial: Place;
  /** The blocks of an exchange's scope: an argument of the kind 'index'. */
  readonly blocks: Place;
  /** One float: the part of the batch's samples that belongs to the shard. */
  readonly share: Place;
  /** One cell: what each sample of the block counts, 0 for a lane without a sample. */
  readonly weights: Place;
  /** 8 words of random bits, one a sample, the same for all layers, new in every step. */
  readonly randomKeys: Place;
  /** To be applied where y is stored. The identity unless the definition has `fusesActivation`. */
  readonly activation: Activation;
  /** The activation that made x. The identity unless the definition has `fusesInputActivation`. */
  readonly inputActivation: Activation;
}

/** Floats from one block's partial of so many floats to the next one's: whole cache lines, so that no two workers write to the same one. */
export const partialStride = (floats: number): number => 16 * Math.ceil(floats / 16);

/** A layer's kernels for one block. */
export interface CompiledLayer {
  readonly forward: readonly Work[];
  /** What replaces `forward` in evaluation and prediction, where a layer does something else then. */
  readonly inference?: readonly Call[];
  /**
   * Makes y once more, of what is kept for backward anyway. Where backward reads y it runs this first, and y takes no memory in between. Worth its
   * time in layers that exchange something with other blocks, which all keep their memory meanwhile.
   */
  readonly recompute?: readonly Call[];
  /** Parameter gradients are overwritten, or added to when `accumulate`. */
  backward(accumulate: boolean): readonly Work[];
}
