// The algorithms of a convolution, and the choice of the fastest one for each direction.
import type { Kernel } from '../../language/kernel.ts';
import type { BufferKind } from '../../language/operands.ts';
import type { Conv2dShape } from '../../shapes.ts';
import type { Activation, ForwardOptions } from '../activations/activation.ts';
import { CONV2D_SCRATCH_FLOATS, conv2d, conv2dInputGradient, conv2dWeightGradient } from './conv2d.ts';
import {
  conv2dDepthwise,
  conv2dDepthwiseInputGradient,
  conv2dDepthwiseWeightGradient,
  DEPTHWISE_SCRATCH_FLOATS,
  isDepthwise,
} from './conv2d-depthwise.ts';
import {
  conv2dPointwise,
  conv2dPointwiseInputGradient,
  isPointwise,
  pointwiseScratchFloats,
} from './conv2d-pointwise.ts';
import { type ConvolutionDirection, hasWinograd, winogradPays } from './winograd/choice.ts';
import { conv2dWinograd, winogradScratchFloats } from './winograd/forward.ts';
import { conv2dWinogradInputGradient, winogradGradientScratchFloats } from './winograd/input-gradient.ts';
import { conv2dWinogradWeightGradient, winogradWeightGradientScratchFloats } from './winograd/weight-gradient.ts';

/**
 * 'direct' adds all terms; 'winograd' needs fewer products and has slightly larger rounding errors; 'auto' is the
 * faster of the two.
 */
export type ConvolutionAlgorithm = 'auto' | 'direct' | 'winograd';

/**
 * The family of kernels for one direction of a convolution. The operands are the same for all algorithms, except for
 * `scratch`.
 */
export interface ConvolutionFamily<Family> {
  readonly family: Family;
  /** The extent of the operand `scratch`; 0 if the kernels do not have it. */
  readonly scratchFloats: number;
}

/** The families for the three directions of a convolution. */
export interface ConvolutionKernels {
  readonly forward: ConvolutionFamily<(shape: Conv2dShape, options?: ForwardOptions) => Kernel<ForwardOperands>>;
  readonly inputGradient: ConvolutionFamily<(shape: Conv2dShape, activation?: Activation) => Kernel<GradientOperands>>;
  readonly weightGradient: ConvolutionFamily<(shape: Conv2dShape, accumulate?: boolean) => Kernel<WeightOperands>>;
}

/** Not all algorithms use scratch memory. */
type Scratch = { readonly scratch?: BufferKind | undefined };
type ForwardOperands = Record<'x' | 'w' | 'y', BufferKind> & Scratch & { readonly bias: BufferKind | undefined };
type GradientOperands = Record<'dy' | 'w' | 'dx', BufferKind> & Scratch & { readonly x: BufferKind | undefined };
type WeightOperands = Record<'x' | 'dy' | 'dw', BufferKind> & Scratch;

/** With fewer channels, copying pixels costs more than the conflicts of their planes in the cache. */
const MIN_POINTWISE_CHANNELS = 16;

const DIRECT: ConvolutionKernels = {
  forward: { family: conv2d, scratchFloats: 0 },
  inputGradient: { family: conv2dInputGradient, scratchFloats: 0 },
  weightGradient: { family: conv2dWeightGradient, scratchFloats: CONV2D_SCRATCH_FLOATS },
};

/** The same bits as direct. */
const DEPTHWISE: ConvolutionKernels = {
  forward: { family: conv2dDepthwise, scratchFloats: 0 },
  inputGradient: { family: conv2dDepthwiseInputGradient, scratchFloats: 0 },
  weightGradient: { family: conv2dDepthwiseWeightGradient, scratchFloats: DEPTHWISE_SCRATCH_FLOATS },
};

/** The same bits as direct. */
const pointwise = (shape: Conv2dShape): ConvolutionKernels => ({
  forward: { family: conv2dPointwise, scratchFloats: pointwiseScratchFloats(shape) },
  inputGradient: { family: conv2dPointwiseInputGradient, scratchFloats: pointwiseScratchFloats(shape) },
  weightGradient: DIRECT.weightGradient,
});

const winograd = (shape: Conv2dShape): ConvolutionKernels => ({
  forward: { family: conv2dWinograd, scratchFloats: winogradScratchFloats(shape) },
  inputGradient: { family: conv2dWinogradInputGradient, scratchFloats: winogradGradientScratchFloats(shape) },
  weightGradient: { family: conv2dWinogradWeightGradient, scratchFloats: winogradWeightGradientScratchFloats(shape) },
});

/**
 * The kernels of a convolution, which depend only on the shape and the algorithm.
 * @param algorithm 'winograd' only for a shape that `hasWinograd`
 */
export function convolutionKernels(shape: Conv2dShape, algorithm: ConvolutionAlgorithm = 'auto'): ConvolutionKernels {
  if (algorithm === 'winograd') return winograd(shape);
  const direct = directKernels(shape);
  if (algorithm === 'direct' || !hasWinograd(shape)) return direct;
  const faster = (direction: ConvolutionDirection) => (winogradPays(shape, direction) ? winograd(shape) : direct);
  return {
    forward: faster('forward').forward,
    inputGradient: faster('inputGradient').inputGradient,
    weightGradient: faster('weightGradient').weightGradient,
  };
}

/** The fastest algorithm with the bits of direct convolution. */
function directKernels(shape: Conv2dShape): ConvolutionKernels {
  const { inChannels, outChannels } = shape;
  if (isPointwise(shape) && Math.max(inChannels, outChannels) >= MIN_POINTWISE_CHANNELS) return pointwise(shape);
  return isDepthwise(shape) ? DEPTHWISE : DIRECT;
}

/**
 * The kernels of every algorithm that can compute a convolution, by the name of the algorithm, to compare or measure
 * them.
 */
export const convolutionKernelsByAlgorithm = (shape: Conv2dShape): ReadonlyMap<string, ConvolutionKernels> =>
  new Map([
    ['direct', DIRECT],
    ...(hasWinograd(shape) ? ([['Winograd', winograd(shape)]] as const) : []),
    ...(isPointwise(shape) ? ([['pointwise', pointwise(shape)]] as const) : []),
    ...(isDepthwise(shape) ? ([['depthwise', DEPTHWISE]] as const) : []),
  ]);
