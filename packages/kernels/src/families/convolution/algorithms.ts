// The forms in which a convolution can be computed, and which of them is the fastest in each direction.
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

/** 'direct' adds term by term; 'winograd' takes fewer products and has slightly larger rounding errors; 'auto' takes the faster one. */
export type ConvolutionAlgorithm = 'auto' | 'direct' | 'winograd';

/** How one direction is computed: a family of kernels with the arguments of the direct one and, in front of the result, its scratch memory, if it takes any. */
export interface ConvolutionForm<Family> {
  readonly kernel: Family;
  /** 0 where the kernels have no argument for it. */
  readonly scratchFloats: number;
}

export interface ConvolutionForms {
  readonly forward: ConvolutionForm<(shape: Conv2dShape, options?: ForwardOptions) => Kernel<ForwardOperands>>;
  readonly inputGradient: ConvolutionForm<(shape: Conv2dShape, activation?: Activation) => Kernel<GradientOperands>>;
  readonly weightGradient: ConvolutionForm<(shape: Conv2dShape, accumulate?: boolean) => Kernel<WeightOperands>>;
}

/** Not every form has scratch memory. */
type Scratch = { readonly scratch?: BufferKind | undefined };
type ForwardOperands = Record<'x' | 'w' | 'y', BufferKind> & Scratch & { readonly bias: BufferKind | undefined };
type GradientOperands = Record<'dy' | 'w' | 'x' | 'dx', BufferKind> & Scratch;
type WeightOperands = Record<'x' | 'dy' | 'dw', BufferKind> & Scratch;

/** Below, gathering pixels costs more than their planes' conflicts in the cache. */
const FEWEST_GATHERED_CHANNELS = 16;

const DIRECT: ConvolutionForms = {
  forward: { kernel: conv2d, scratchFloats: 0 },
  inputGradient: { kernel: conv2dInputGradient, scratchFloats: 0 },
  weightGradient: { kernel: conv2dWeightGradient, scratchFloats: CONV2D_SCRATCH_FLOATS },
};

/** As direct, bit for bit. */
const DEPTHWISE: ConvolutionForms = {
  forward: { kernel: conv2dDepthwise, scratchFloats: 0 },
  inputGradient: { kernel: conv2dDepthwiseInputGradient, scratchFloats: 0 },
  weightGradient: { kernel: conv2dDepthwiseWeightGradient, scratchFloats: DEPTHWISE_SCRATCH_FLOATS },
};

/** As direct, bit for bit. */
const pointwise = (shape: Conv2dShape): ConvolutionForms => ({
  forward: { kernel: conv2dPointwise, scratchFloats: pointwiseScratchFloats(shape) },
  inputGradient: { kernel: conv2dPointwiseInputGradient, scratchFloats: pointwiseScratchFloats(shape) },
  weightGradient: DIRECT.weightGradient,
});

const winograd = (shape: Conv2dShape): ConvolutionForms => ({
  forward: { kernel: conv2dWinograd, scratchFloats: winogradScratchFloats(shape) },
  inputGradient: { kernel: conv2dWinogradInputGradient, scratchFloats: winogradGradientScratchFloats(shape) },
  weightGradient: { kernel: conv2dWinogradWeightGradient, scratchFloats: winogradWeightGradientScratchFloats(shape) },
});

/** How a convolution is computed in each direction; 'winograd' for a shape that `hasWinograd`. Depends on the shape and the algorithm alone. */
export function convolutionForms(shape: Conv2dShape, algorithm: ConvolutionAlgorithm = 'auto'): ConvolutionForms {
  if (algorithm === 'winograd') return winograd(shape);
  const direct = termByTerm(shape);
  if (algorithm === 'direct' || !hasWinograd(shape)) return direct;
  const faster = (direction: ConvolutionDirection) => (winogradPays(shape, direction) ? winograd(shape) : direct);
  return {
    forward: faster('forward').forward,
    inputGradient: faster('inputGradient').inputGradient,
    weightGradient: faster('weightGradient').weightGradient,
  };
}

/** The fastest of those that add term by term. */
function termByTerm(shape: Conv2dShape): ConvolutionForms {
  const { inChannels, outChannels } = shape;
  if (isPointwise(shape) && Math.max(inChannels, outChannels) >= FEWEST_GATHERED_CHANNELS) return pointwise(shape);
  return isDepthwise(shape) ? DEPTHWISE : DIRECT;
}

/** Every form that can compute a convolution, by name: for whoever measures or compares them. */
export const possibleConvolutionForms = (shape: Conv2dShape): ReadonlyMap<string, ConvolutionForms> =>
  new Map([
    ['direct', DIRECT],
    ...(hasWinograd(shape) ? ([['Winograd', winograd(shape)]] as const) : []),
    ...(isPointwise(shape) ? ([['pointwise', pointwise(shape)]] as const) : []),
    ...(isDepthwise(shape) ? ([['depthwise', DEPTHWISE]] as const) : []),
  ]);
