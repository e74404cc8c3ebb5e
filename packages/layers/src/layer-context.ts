// What the definition of a layer gets when a model is compiled, and what it returns: calls of kernels with named operands.
import type { Activation, Kernel, OperandsOf } from '@convoy/kernels';
import { ConvoyError, nonNegativeInteger, type Shape } from '@convoy/tensor';
import { isObject } from '@convoy/tensor/builtins';
import { functionOf, listOf, text } from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';

/** Memory that the plan decides on. */
export interface BufferLocation {
  readonly kind: 'buffer';
  readonly name: string;
  readonly bytes: number;
}

/** An integer that the engine knows when a call runs. */
export interface IndexLocation {
  readonly kind: 'index';
  readonly name: string;
}

/** Where an operand of a call is stored. */
export type Location = BufferLocation | IndexLocation;

/** One call of a kernel; make it with `call` or `accumulatingCall`. */
export interface Call {
  /** The kernel for the first block of a shard. */
  readonly kernel: Kernel;
  /** The kernel for later blocks; it has the same operands. */
  readonly laterKernel: Kernel;
  /** By the names of the kernel's parameters. */
  readonly operands: Readonly<Record<string, Location | undefined>>;
}

/** The operands of a kernel by name: `{ x, w: context.parameter('kernel'), y }`. */
export type CallOperands<K extends Kernel> = OperandsOf<K, BufferLocation, IndexLocation>;

/**
 * A call of a kernel. Compiling a model checks that it names exactly the operands that the kernel has, each of its kind and large enough.
 * @throws ConvoyError CONVOY_INVALID_OPTION for what is no kernel, or no object with operands
 * @example call(context.kernel(relu, shape), { x: context.x, y: context.y })
 */
export const call = <K extends Kernel>(kernel: K, operands: CallOperands<K>): Call => ({
  kernel: checkedKernel(kernel),
  laterKernel: kernel,
  operands: checkedOperands(operands),
});

/**
 * A call that makes the gradient of a parameter: the first block of a shard overwrites it, later blocks add to it.
 * @param kernel makes the kernel; `accumulate` tells whether it adds
 * @throws ConvoyError as `call`
 * @example accumulatingCall((accumulate) => denseWeightGradient(shape, accumulate), { x, dy, scratch, dw: context.gradient('kernel') })
 */
export const accumulatingCall = <K extends Kernel>(
  kernel: (accumulate: boolean) => K,
  operands: CallOperands<K>,
): Call => {
  functionOf()('kernel', kernel);
  return {
    kernel: checkedKernel(kernel(false)),
    laterKernel: checkedKernel(kernel(true)),
    operands: checkedOperands(operands),
  };
};

function checkedKernel(kernel: Kernel): Kernel {
  if (isObject(kernel) && Array.isArray(kernel.parameters) && isObject(kernel.operands)) return kernel;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${describeValue(kernel)} as a kernel`,
    expected: 'a kernel, as kernel(…) of @convoy/kernels returns it',
    fix: typeof kernel === 'function' ? 'Call the function that makes the kernel.' : 'Pass a kernel.',
  });
}

function checkedOperands(operands: unknown): Call['operands'] {
  if (isObject(operands)) return operands as Call['operands'];
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${describeValue(operands)} as operands`,
    expected: 'an object with the operands of the kernel',
    fix: 'Pass them by name, for example { x: context.x, y: context.y }.',
  });
}

/**
 * Operands of a kernel that takes any number of blocks: `x1`, `x2`, … Undefined ones are left out.
 * @example call(sum(size, 3), { ...numberedOperands('x', [a, b, c]), y })
 */
export const numberedOperands = (
  name: string,
  locations: readonly (BufferLocation | undefined)[],
): Readonly<Record<string, BufferLocation>> => {
  const entries = listOf((_, location) => location as BufferLocation | undefined)('locations', locations);
  return Object.fromEntries(
    entries.flatMap((location, i) => (location ? [[`${text('name', name)}${i + 1}`, location]] : [])),
  );
};

/**
 * A point at which a layer needs to know more than its own block. Each block leaves a partial result in `LayerContext.partial`; then `combine` runs
 * once for each shard, on the partials of all blocks of the scope in order. In `combine`, `partial` is the partial of the first block, and
 * `LayerContext.blocks` is the number of blocks; partials lie `partialStride` floats apart.
 */
export interface Exchange {
  /** 'batch' makes all workers wait for each other. */
  readonly scope: 'shard' | 'batch';
  /** The size of the partial result of one block. */
  readonly partialFloats: number;
  readonly combine: readonly Call[];
}

/** What a layer does, in order. */
export type Work = Call | Exchange;

/** One input of a layer. */
export interface LayerContextInput {
  /** Of one sample. */
  readonly shape: Shape;
  readonly x: BufferLocation;
  /** Where the layer stores the input gradient; undefined where nothing needs it, as at the input of the model. */
  readonly gradient: BufferLocation | undefined;
}

/** A layer at its place in a model: its shapes and the locations of its data. All data are blocks of 8 samples; see `@convoy/kernels`. */
export interface LayerContext {
  /** Unique in the model. */
  readonly name: string;
  readonly inputs: readonly LayerContextInput[];
  /** The shape of one sample of the first input, the location of its data and of its gradient. */
  readonly input: Shape;
  readonly x: BufferLocation;
  readonly inputGradient: BufferLocation | undefined;
  /** The shape of one sample. */
  readonly output: Shape;
  readonly y: BufferLocation;
  readonly outputGradient: BufferLocation;
  /** Whether the layer's parameters and running statistics stay unchanged. */
  readonly frozen: boolean;
  /**
   * The kernel that `family` makes from arguments that are plain data and activations. Layers that repeat each other share it, so that it is made
   * and encoded once.
   */
  kernel<Arguments extends readonly unknown[], K extends Kernel>(
    family: (...args: Arguments) => K,
    ...args: Arguments
  ): K;
  parameter(name: string): BufferLocation;
  gradient(name: string): BufferLocation;
  /** Memory of the block. What forward writes is still there in backward, if backward uses it. */
  scratch(floats: number): BufferLocation;
  /** Memory of the shard, which all its blocks share and which lasts for the step. */
  shardMemory(floats: number): BufferLocation;
  /** The partial of the block for the next exchange; see `Exchange`. */
  readonly partial: BufferLocation;
  /** The number of blocks in the scope of an exchange. */
  readonly blocks: IndexLocation;
  /** One float: which part of the batch's samples belongs to the shard. */
  readonly shardShare: BufferLocation;
  /** One cell: how much each sample of the block counts, 0 for a lane without a sample. */
  readonly sampleWeights: BufferLocation;
  /** 8 words of random bits, one per sample, the same for all layers, different in every step. */
  readonly randomKeys: BufferLocation;
  /** The activation to apply where y is stored; the identity unless the definition has `fusesActivation`. */
  readonly activation: Activation;
  /** The activation that made x; the identity unless the definition has `fusesInputActivation`. */
  readonly inputActivation: Activation;
}

/** Floats from the partial of one block to that of the next: whole cache lines, so that no two workers write to the same one. */
export const partialStride = (floats: number): number => 16 * Math.ceil(nonNegativeInteger('floats', floats) / 16);

/** The work of a layer for one block. */
export interface CompiledLayer {
  readonly forward: readonly Work[];
  /** Replaces `forward` in evaluation and prediction, for layers that do something else then. */
  readonly inference?: readonly Call[];
  /**
   * Makes y again from what is kept for backward anyway. Where backward reads y it runs these calls first, and y takes no memory in between. This
   * pays in layers that exchange partials, because all blocks keep their memory until then.
   */
  readonly recompute?: readonly Call[];
  /** From the output gradient to the gradients of inputs and parameters. Not called where no gradient is needed. */
  backward(): readonly Work[];
}
