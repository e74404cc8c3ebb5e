// Convolution in two dimensions.
import {
  type Conv2dShape,
  type ConvolutionAlgorithm,
  type ConvolutionFamily,
  channelSums,
  convolutionKernels,
  hasWinograd,
  outputHeight,
  outputWidth,
} from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { type ConvolutionOptions, ConvoyError, type Pair, positiveInteger, type Shape, sizeOf } from '@convoy/tensor';
import { choiceOf, optional } from '@convoy/tensor/checks';
import { type ConvolutionSettings, convolutionChecks, convolutionShape, positivePair } from '@convoy/tensor/options';
import { defineLayer } from '../layer.ts';
import { accumulatingCall, call } from '../layer-context.ts';
import { type WeightOptions, type WeightSettings, weightChecks, weightParameters } from './weight-options.ts';

/** Options of `conv2d`. */
export interface Conv2dOptions extends WeightOptions, ConvolutionOptions {
  /** The number of output channels. */
  readonly filters: number;
  readonly kernelSize: Pair;
  /**
   * How sums are computed. 'direct' adds term by term. 'winograd' needs fewer products (for 3×3 kernels 36 instead of 144) and has slightly larger
   * rounding errors; it is for kernels of 2 to 5 rows and columns with stride 1, in one group. 'auto' (default) chooses for each of output, input
   * gradient and weight gradient what is faster.
   */
  readonly algorithm?: ConvolutionAlgorithm;
}

interface Conv2dSettings extends ConvolutionSettings, WeightSettings {
  readonly filters: number;
  readonly algorithm: ConvolutionAlgorithm;
}

/**
 * Convolution (cross-correlation):
 * y[f, i, j] = b[f] + Σ w[f, c, p, q] · x[c, i·strideY − top + p·dilationY, j·strideX − left + q·dilationX], with zeros around x.
 *
 * Input [channels, height, width], output [filters, ⌊(height + top + bottom − dilationY·(kernelHeight − 1) − 1) / strideY⌋ + 1, and the same formula
 * for the width].
 * Parameters: `kernel` [filters, channels / groups, kernelHeight, kernelWidth], `bias` [filters].
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; CONVOY_SHAPE_MISMATCH when a model is built
 * @example conv2d({ filters: 16, kernelSize: 3, padding: 'same' })
 */
export const conv2d = defineLayer<Conv2dOptions, Conv2dSettings>({
  type: 'conv2d',

  settings(check) {
    const { kernelSize, ...settings } = check({
      filters: positiveInteger,
      kernelSize: positivePair,
      ...convolutionChecks,
      ...weightChecks,
      algorithm: optional(choiceOf('auto', 'direct', 'winograd'), 'auto'),
    });
    return { kernel: kernelSize, ...settings };
  },

  outputShape(settings, [input]) {
    const shape = shapeOf(settings, input);
    if (settings.algorithm === 'winograd' && !hasWinograd(shape)) throw noWinograd(shape);
    return [settings.filters, outputHeight(shape), outputWidth(shape)];
  },

  parameters(settings, [input]) {
    const { filters, groups, kernel } = settings;
    const { inChannels: channels } = shapeOf(settings, input);
    const area = kernel[0] * kernel[1];
    const fans = { fanIn: (channels / groups) * area, fanOut: (filters / groups) * area };
    const shape = [filters, channels / groups, ...kernel];
    return weightParameters(settings, shape, filters, fans);
  },

  multiplyAdds: ({ groups, kernel }, [[channels = 0]], output) =>
    sizeOf(output) * (channels / groups) * kernel[0] * kernel[1],

  fusesActivation: true,
  fusesInputActivation: true,

  compile(settings, context) {
    const shape = shapeOf(settings, context.input);
    const { x, y, activation, outputGradient, inputGradient } = context;
    const { useBias } = settings;
    const kernel = context.parameter('kernel');
    const bias = useBias ? context.parameter('bias') : undefined;
    const kernels = convolutionKernels(shape, settings.algorithm);
    // Each call has scratch memory of its own: a buffer that calls share would be kept from forward to backward.
    const scratchOf = ({ scratchFloats }: ConvolutionFamily<unknown>) =>
      scratchFloats > 0 ? context.scratch(scratchFloats) : undefined;
    return {
      forward: [
        call(context.kernel(kernels.forward.family, shape, { activation, useBias }), {
          x,
          w: kernel,
          bias,
          scratch: scratchOf(kernels.forward),
          y,
        }),
      ],
      backward: () => [
        accumulatingCall((accumulate) => context.kernel(kernels.weightGradient.family, shape, accumulate), {
          x,
          dy: outputGradient,
          scratch: scratchOf(kernels.weightGradient),
          dw: context.gradient('kernel'),
        }),
        ...(useBias
          ? [
              accumulatingCall(
                (accumulate) =>
                  context.kernel(channelSums, shape.outChannels, outputHeight(shape) * outputWidth(shape), accumulate),
                { dy: outputGradient, db: context.gradient('bias') },
              ),
            ]
          : []),
        ...(inputGradient
          ? [
              call(context.kernel(kernels.inputGradient.family, shape, context.inputActivation), {
                dy: outputGradient,
                w: kernel,
                x,
                scratch: scratchOf(kernels.inputGradient),
                dx: inputGradient,
              }),
            ]
          : []),
      ],
    };
  },

  reference: {
    forward: (settings, [input], batch, [x], { kernel, bias }) =>
      reference.conv2d(shapeOf(settings, input), batch, x, kernel as Float64Array, bias),
    backward(settings, [input], batch, [x], { kernel }, outputGradient) {
      const shape = shapeOf(settings, input);
      return {
        inputs: [reference.conv2dInputGradient(shape, batch, kernel as Float64Array, outputGradient)],
        parameters: {
          kernel: reference.conv2dWeightGradient(shape, batch, x, outputGradient),
          ...(settings.useBias && { bias: reference.conv2dBiasGradient(shape, outputGradient) }),
        },
      };
    },
  },
});

const shapeOf = (settings: Conv2dSettings, input: Shape): Conv2dShape =>
  convolutionShape(settings, settings.filters, input);

const noWinograd = ({ kernelHeight, kernelWidth }: Conv2dShape) =>
  new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `algorithm: "winograd" for a kernel of ${kernelHeight}×${kernelWidth}`,
    expected:
      'a kernel of 2 to 5 rows and columns, with strides: 1, dilations: 1, groups: 1 and less padding than the kernel has rows and columns',
    fix: "Use algorithm: 'auto'.",
  });
