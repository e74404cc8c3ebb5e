// 2-d convolution.
import {
  CONV2D_SCRATCH_FLOATS,
  type Conv2dShape,
  type ConvolutionDirection,
  channelSums,
  conv2dDepthwise,
  conv2dDepthwiseInputGradient,
  conv2dDepthwiseKernelGradient,
  conv2dInputGradient,
  conv2d as conv2dKernel,
  conv2dKernelGradient,
  conv2dPointwise,
  conv2dPointwiseInputGradient,
  conv2dWinograd,
  conv2dWinogradInputGradient,
  conv2dWinogradKernelGradient,
  DEPTHWISE_SCRATCH_FLOATS,
  hasWinograd,
  isDepthwise,
  isPointwise,
  outputHeight,
  outputWidth,
  pointwiseScratchFloats,
  reference,
  winogradGradientScratchFloats,
  winogradKernelGradientScratchFloats,
  winogradPays,
  winogradScratchFloats,
} from '@convoy/kernels';
import {
  type ConvolutionOptions,
  type ConvolutionSettings,
  ConvoyError,
  convolutionSettings,
  convolutionShape,
  oneOf,
  type Pair,
  positiveInteger,
  positivePair,
  type Shape,
  sizeOf,
} from '@convoy/tensor';
import { defineLayer } from '../layer.ts';
import { type WeightOptions, type WeightSettings, weightParameters, weightSettings } from './weight-options.ts';

export interface Conv2dOptions extends WeightOptions, ConvolutionOptions {
  /** Output channels. */
  readonly filters: number;
  readonly kernelSize: Pair;
  /**
   * How sums are computed: 'direct', term by term; 'winograd', with fewer products (for 3×3 kernels 36 instead of 144) and slightly larger
   * rounding errors, for kernels of 2 to 5 rows and columns with stride 1, in one group; default 'auto': 'winograd' in each direction (output,
   * input gradient, kernel gradient) in which it is possible and faster.
   */
  readonly algorithm?: ConvolutionAlgorithm;
}

export type ConvolutionAlgorithm = 'auto' | 'direct' | 'winograd';

/** Below, gathering pixels costs more than their planes' conflicts in the cache. */
const FEWEST_GATHERED_CHANNELS = 16;

/** From so many output channels a group on, they share the cells that the direct form loads forward. */
const FEWEST_SHARING_CHANNELS = 4;

interface Conv2dSettings extends ConvolutionSettings, WeightSettings {
  readonly filters: number;
  readonly algorithm: ConvolutionAlgorithm;
}

/**
 * Convolution (cross-correlation) of [channels, height, width]:
 * y[f, i, j] = b[f] + Σ w[f, c, p, q] · x[c, i·strideY − top + p·dilationY, j·strideX − left + q·dilationX], with zeros around x.
 *
 * Output [filters, ⌊(height + top + bottom − dilationY·(kernelHeight − 1) − 1) / strideY⌋ + 1, likewise for the width].
 * Parameters: `kernel` [filters, channels / groups, kernelHeight, kernelWidth], `bias` [filters].
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; when a model is built CONVOY_SHAPE_MISMATCH.
 */
export const conv2d = defineLayer<Conv2dOptions, Conv2dSettings>({
  type: 'conv2d',

  settings: (options) => ({
    filters: positiveInteger('filters', options.filters),
    ...convolutionSettings(positivePair('kernelSize', options.kernelSize), options),
    ...weightSettings(options),
    algorithm: oneOf('algorithm', options.algorithm ?? 'auto', ['auto', 'direct', 'winograd']),
  }),

  outputShape(settings, input) {
    const shape = shapeOf(settings, input);
    if (settings.algorithm === 'winograd' && !hasWinograd(shape)) throw noWinograd(shape);
    return [settings.filters, outputHeight(shape), outputWidth(shape)];
  },

  parameters(settings, input) {
    const { filters, groups, kernel } = settings;
    const { inChannels: channels } = shapeOf(settings, input);
    const area = kernel[0] * kernel[1];
    const fans = { fanIn: (channels / groups) * area, fanOut: (filters / groups) * area };
    const shape = [filters, channels / groups, ...kernel];
    return weightParameters(settings, shape, filters, fans);
  },

  multiplyAdds: ({ groups, kernel }, [channels = 0], output) =>
    sizeOf(output) * (channels / groups) * kernel[0] * kernel[1],

  fusesActivation: true,
  fusesInputActivation: true,

  compile(settings, site) {
    const shape = shapeOf(settings, site.input);
    const { x, y, outputGradient, inputGradient } = site;
    const kernel = site.parameter('kernel');
    const bias = settings.useBias ? [site.parameter('bias')] : [];
    const { forward, toInput, toKernel } = formsOf(settings, shape);
    const forwardKernel = site.kernel(forward.kernel, shape, {
      activation: site.activation,
      useBias: settings.useBias,
    });
    // Scratch of its own for each call: the same one would be kept from forward to backward.
    const scratchOf = ({ scratchFloats }: Form<unknown>) => (scratchFloats ? [site.scratch(scratchFloats(shape))] : []);
    const forwardScratch = scratchOf(forward);
    const kernelScratch = scratchOf(toKernel);
    const inputScratch = scratchOf(toInput);
    return {
      forward: [{ kernel: forwardKernel, places: [x, kernel, ...bias, ...forwardScratch, y] }],
      backward: (accumulate) => [
        {
          kernel: site.kernel(toKernel.kernel, shape, accumulate),
          places: [x, outputGradient, ...kernelScratch, site.gradient('kernel')],
        },
        ...(settings.useBias
          ? [
              {
                kernel: site.kernel(
                  channelSums,
                  shape.outChannels,
                  outputHeight(shape) * outputWidth(shape),
                  accumulate,
                ),
                places: [outputGradient, site.gradient('bias')],
              },
            ]
          : []),
        ...(inputGradient
          ? [
              {
                kernel: site.kernel(toInput.kernel, shape, site.inputActivation),
                places: [outputGradient, kernel, x, ...inputScratch, inputGradient],
              },
            ]
          : []),
      ],
    };
  },

  reference: {
    forward: (settings, input, batch, x, { kernel, bias }) =>
      reference.conv2d(shapeOf(settings, input), batch, x, kernel as Float64Array, bias),
    backward(settings, input, batch, x, { kernel }, outputGradient) {
      const shape = shapeOf(settings, input);
      return {
        input: reference.conv2dInputGradient(shape, batch, kernel as Float64Array, outputGradient),
        parameters: {
          kernel: reference.conv2dKernelGradient(shape, batch, x, outputGradient),
          ...(settings.useBias && { bias: reference.conv2dBiasGradient(shape, batch, outputGradient) }),
        },
      };
    },
  },
});

const shapeOf = (settings: Conv2dSettings, input: Shape): Conv2dShape =>
  convolutionShape(settings, settings.filters, input);

/** A kernel for one direction, with scratch memory in front of its result or without. */
interface Form<K> {
  readonly kernel: K;
  readonly scratchFloats?: (shape: Conv2dShape) => number;
}

interface Forms {
  readonly forward: Form<typeof conv2dKernel>;
  readonly toInput: Form<typeof conv2dInputGradient>;
  readonly toKernel: Form<typeof conv2dKernelGradient>;
}

const DIRECT: Forms = {
  forward: { kernel: conv2dKernel },
  toInput: { kernel: conv2dInputGradient },
  toKernel: { kernel: conv2dKernelGradient, scratchFloats: () => CONV2D_SCRATCH_FLOATS },
};
/** As direct, bit for bit. */
const POINTWISE: Forms = {
  forward: { kernel: conv2dPointwise, scratchFloats: pointwiseScratchFloats },
  toInput: { kernel: conv2dPointwiseInputGradient, scratchFloats: pointwiseScratchFloats },
  toKernel: DIRECT.toKernel,
};
/** As direct, bit for bit. */
const DEPTHWISE: Forms = {
  forward: { kernel: conv2dDepthwise },
  toInput: { kernel: conv2dDepthwiseInputGradient },
  toKernel: { kernel: conv2dDepthwiseKernelGradient, scratchFloats: () => DEPTHWISE_SCRATCH_FLOATS },
};
const WINOGRAD: Forms = {
  forward: { kernel: conv2dWinograd, scratchFloats: winogradScratchFloats },
  toInput: { kernel: conv2dWinogradInputGradient, scratchFloats: winogradGradientScratchFloats },
  toKernel: { kernel: conv2dWinogradKernelGradient, scratchFloats: winogradKernelGradientScratchFloats },
};

function formsOf({ algorithm }: Conv2dSettings, shape: Conv2dShape): Forms {
  if (algorithm === 'winograd') return WINOGRAD;
  const direct = directFormsOf(shape);
  if (algorithm === 'direct' || !hasWinograd(shape)) return direct;
  const faster = (direction: ConvolutionDirection) => (winogradPays(shape, direction) ? WINOGRAD : direct);
  return {
    forward: faster('forward').forward,
    toInput: faster('inputGradient').toInput,
    toKernel: faster('kernelGradient').toKernel,
  };
}

/** The fastest of those that add term by term. */
function directFormsOf(shape: Conv2dShape): Forms {
  const { inChannels, outChannels, groups } = shape;
  if (isPointwise(shape) && Math.max(inChannels, outChannels) >= FEWEST_GATHERED_CHANNELS) return POINTWISE;
  if (!isDepthwise(shape)) return DIRECT;
  return outChannels / groups < FEWEST_SHARING_CHANNELS ? DEPTHWISE : { ...DEPTHWISE, forward: DIRECT.forward };
}

const noWinograd = ({ kernelHeight, kernelWidth }: Conv2dShape) =>
  new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `algorithm: "winograd" for a kernel of ${kernelHeight}×${kernelWidth}`,
    expected:
      'a kernel of 2 to 5 rows and columns, with strides: 1, dilation: 1, groups: 1 and less padding than the kernel has rows and columns',
    mend: "Take algorithm: 'auto'.",
  });
