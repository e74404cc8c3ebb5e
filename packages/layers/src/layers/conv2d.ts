// 2-d convolution.
import {
  CONV2D_SCRATCH_FLOATS,
  type Conv2dShape,
  channelSums,
  conv2dInputGradient,
  conv2d as conv2dKernel,
  conv2dKernelGradient,
  conv2dPointwise,
  conv2dPointwiseInputGradient,
  conv2dWinograd,
  conv2dWinogradInputGradient,
  hasWinograd,
  isPointwise,
  outputHeight,
  outputWidth,
  pointwiseScratchFloats,
  reference,
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
   * How sums are computed: 'direct', term by term; 'winograd', with 16 products where those have 36 and slightly larger rounding errors, for
   * 3×3 kernels of stride 1 in one group; default 'auto': 'winograd' where it is possible and the layer has 8 channels and filters or more.
   */
  readonly algorithm?: ConvolutionAlgorithm;
}

export type ConvolutionAlgorithm = 'auto' | 'direct' | 'winograd';

/** Below, Winograd's transforms cost more than the products that they save. */
const FEWEST_WINOGRAD_CHANNELS = 8;
/** Below, gathering pixels costs more than their planes' conflicts in the cache. */
const FEWEST_GATHERED_CHANNELS = 16;

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
    const sums = site.scratch(CONV2D_SCRATCH_FLOATS);
    const { useBias } = settings;
    const bias = useBias ? [site.parameter('bias')] : [];
    const options = { activation: site.activation, useBias };
    const form = formOf(settings, shape);
    // One for each direction: the same one would be kept from forward to backward.
    const scratch = () => (form.scratchFloats ? [site.scratch(form.scratchFloats(shape))] : []);
    const backScratch = scratch();
    return {
      forward: [{ kernel: form.forward(shape, options), places: [x, kernel, ...bias, ...scratch(), y] }],
      backward: (accumulate) => [
        {
          kernel: conv2dKernelGradient(shape, accumulate),
          places: [x, outputGradient, sums, site.gradient('kernel')],
        },
        ...(useBias
          ? [
              {
                kernel: channelSums(shape.outChannels, outputHeight(shape) * outputWidth(shape), accumulate),
                places: [outputGradient, site.gradient('bias')],
              },
            ]
          : []),
        ...(inputGradient
          ? [
              {
                kernel: form.inputGradient(shape, site.inputActivation),
                places: [outputGradient, kernel, x, ...backScratch, inputGradient],
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

/** Kernels that compute outputs and input gradients, with or without scratch memory in front of their results. */
interface Form {
  readonly forward: typeof conv2dKernel;
  readonly inputGradient: typeof conv2dInputGradient;
  readonly scratchFloats?: (shape: Conv2dShape) => number;
}

const DIRECT: Form = { forward: conv2dKernel, inputGradient: conv2dInputGradient };
/** As direct, bit for bit. */
const POINTWISE: Form = {
  forward: conv2dPointwise,
  inputGradient: conv2dPointwiseInputGradient,
  scratchFloats: pointwiseScratchFloats,
};
const WINOGRAD: Form = {
  forward: conv2dWinograd,
  inputGradient: conv2dWinogradInputGradient,
  scratchFloats: winogradScratchFloats,
};

function formOf({ algorithm }: Conv2dSettings, shape: Conv2dShape): Form {
  const { inChannels, outChannels } = shape;
  if (algorithm === 'winograd') return WINOGRAD;
  if (isPointwise(shape) && Math.max(inChannels, outChannels) >= FEWEST_GATHERED_CHANNELS) return POINTWISE;
  if (algorithm === 'direct' || !hasWinograd(shape)) return DIRECT;
  return Math.min(inChannels, outChannels) >= FEWEST_WINOGRAD_CHANNELS ? WINOGRAD : DIRECT;
}

const noWinograd = ({ kernelHeight, kernelWidth }: Conv2dShape) =>
  new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `algorithm: "winograd" for a kernel of ${kernelHeight}×${kernelWidth}`,
    expected: 'a kernel of 3×3 with strides: 1, dilation: 1, groups: 1 and a padding of at most 2',
    mend: "Take algorithm: 'auto'.",
  });
