// 2-d convolution.
import {
  CONV2D_SCRATCH_FLOATS,
  type Conv2dShape,
  channelSums,
  conv2dInputGradient,
  conv2d as conv2dKernel,
  conv2dKernelGradient,
  outputHeight,
  outputWidth,
  reference,
} from '@convoy/kernels';
import {
  type ConvolutionOptions,
  type ConvolutionSettings,
  convolutionSettings,
  convolutionShape,
  oneOf,
  type Pair,
  positiveInteger,
  positivePair,
  type Shape,
  sizeOf,
} from '@convoy/tensor';
import { checkedInitializer, type Initializer } from '../initializer.ts';
import { zerosInitializer } from '../initializers/constant.ts';
import { glorotUniform } from '../initializers/fan-scaled.ts';
import { defineLayer, type LayerOptions } from '../layer.ts';

export interface Conv2dOptions extends LayerOptions, ConvolutionOptions {
  /** Output channels. */
  readonly filters: number;
  readonly kernelSize: Pair;
  /** Whether a number is added to each output channel; default true. */
  readonly useBias?: boolean;
  /** Default Glorot uniform. */
  readonly kernelInitializer?: Initializer;
  /** Default zeros. */
  readonly biasInitializer?: Initializer;
}

interface Conv2dSettings extends ConvolutionSettings {
  readonly filters: number;
  readonly useBias: boolean;
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: Initializer;
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
    useBias: oneOf('useBias', options.useBias ?? true, [true, false]),
    kernelInitializer: checkedInitializer('kernelInitializer', options.kernelInitializer, glorotUniform()),
    biasInitializer: checkedInitializer('biasInitializer', options.biasInitializer, zerosInitializer()),
  }),

  outputShape(settings, input) {
    const shape = shapeOf(settings, input);
    return [settings.filters, outputHeight(shape), outputWidth(shape)];
  },

  parameters(settings, input) {
    const { filters, groups, kernel } = settings;
    const { inChannels: channels } = shapeOf(settings, input);
    const area = kernel[0] * kernel[1];
    const fans = { fanIn: (channels / groups) * area, fanOut: (filters / groups) * area };
    const shape = [filters, channels / groups, ...kernel];
    return [
      { name: 'kernel', shape, initializer: settings.kernelInitializer, ...fans },
      ...(settings.useBias ? [{ name: 'bias', shape: [filters], initializer: settings.biasInitializer, ...fans }] : []),
    ];
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
    return {
      forward: [
        { kernel: conv2dKernel(shape, { activation: site.activation, useBias }), places: [x, kernel, ...bias, y] },
      ],
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
                kernel: conv2dInputGradient(shape, site.inputActivation),
                places: [outputGradient, kernel, x, inputGradient],
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
