// Transposed convolution in two dimensions.
import {
  CONV2D_SCRATCH_FLOATS,
  type Conv2dShape,
  channelSums,
  conv2dTransposeInputGradient,
  conv2dTranspose as conv2dTransposeKernel,
  conv2dWeightGradient,
} from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { type Pair, positiveInteger, type Shape, sizeOf, type TransposedConvolutionOptions } from '@convoy/tensor';
import {
  checkOutputPadding,
  positivePair,
  type TransposedConvolutionSettings,
  transposedConvolutionChecks,
  transposedConvolutionShape,
} from '@convoy/tensor/options';
import { defineLayer } from '../layer.ts';
import { accumulatingCall, call } from '../layer-context.ts';
import { type WeightOptions, type WeightSettings, weightChecks, weightParameters } from './weight-options.ts';

/** Options of `conv2dTranspose`. */
export interface Conv2dTransposeOptions extends WeightOptions, TransposedConvolutionOptions {
  /** The number of output channels. */
  readonly filters: number;
  readonly kernelSize: Pair;
}

interface Conv2dTransposeSettings extends TransposedConvolutionSettings, WeightSettings {
  readonly filters: number;
}

/**
 * Transposed convolution, the input gradient of a convolution. Each x[c, i, j] adds w[c] · x[c, i, j] to a window of the output:
 * y[f, row, column] = b[f] + Σ w[c, f, p, q] · x[c, i, j] over all c, i, j, p, q with row = i·strideY − top + p·dilationY and
 * column = j·strideX − left + q·dilationX. The same as `torch.nn.ConvTranspose2d`.
 *
 * Input [channels, height, width], output [filters, (height − 1)·strideY − top − bottom + dilationY·(kernelHeight − 1) + 1 + outputPadding, and the
 * same formula for the width], or [filters, height·strideY, width·strideX] with padding: 'same'.
 * Parameters: `kernel` [channels, filters / groups, kernelHeight, kernelWidth], `bias` [filters].
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; CONVOY_SHAPE_MISMATCH when a model is built
 */
export const conv2dTranspose = defineLayer<Conv2dTransposeOptions, Conv2dTransposeSettings>({
  type: 'conv2dTranspose',

  settings(check) {
    const { kernelSize, ...settings } = check({
      filters: positiveInteger,
      kernelSize: positivePair,
      ...transposedConvolutionChecks,
      ...weightChecks,
    });
    return checkOutputPadding({ kernel: kernelSize, ...settings });
  },

  outputShape(settings, [input]) {
    const { inChannels, height, width } = shapeOf(settings, input);
    return [inChannels, height, width];
  },

  parameters(settings, [input]) {
    const { filters, groups, kernel } = settings;
    const { outChannels: channels } = shapeOf(settings, input);
    const area = kernel[0] * kernel[1];
    // PyTorch and Keras count them so, too: they are the fans of the convolution whose input gradient this is.
    const fans = { fanIn: (filters / groups) * area, fanOut: (channels / groups) * area };
    const shape = [channels, filters / groups, ...kernel];
    return weightParameters(settings, shape, filters, fans);
  },

  // They include products beyond the borders of the output.
  multiplyAdds: ({ filters, groups, kernel }, [input]) => sizeOf(input) * (filters / groups) * kernel[0] * kernel[1],

  fusesActivation: true,
  fusesInputActivation: true,

  compile(settings, context) {
    const shape = shapeOf(settings, context.input);
    const { x, y, activation, outputGradient, inputGradient } = context;
    const kernel = context.parameter('kernel');
    const scratch = context.scratch(CONV2D_SCRATCH_FLOATS);
    const { useBias } = settings;
    const bias = useBias ? context.parameter('bias') : undefined;
    return {
      forward: [call(conv2dTransposeKernel(shape, { activation, useBias }), { x, w: kernel, bias, y })],
      backward: () => [
        // The roles of x and ∂loss/∂y are those of the convolution whose input gradient the layer is.
        accumulatingCall((accumulate) => conv2dWeightGradient(shape, accumulate), {
          x: outputGradient,
          dy: x,
          scratch,
          dw: context.gradient('kernel'),
        }),
        ...(useBias
          ? [
              accumulatingCall((accumulate) => channelSums(shape.inChannels, shape.height * shape.width, accumulate), {
                dy: outputGradient,
                db: context.gradient('bias'),
              }),
            ]
          : []),
        ...(inputGradient
          ? [
              call(conv2dTransposeInputGradient(shape, context.inputActivation), {
                dy: outputGradient,
                w: kernel,
                x,
                dx: inputGradient,
              }),
            ]
          : []),
      ],
    };
  },

  reference: {
    forward: (settings, [input], batch, [x], { kernel, bias }) =>
      reference.conv2dTranspose(shapeOf(settings, input), batch, x, kernel as Float64Array, bias),
    backward(settings, [input], batch, [x], { kernel }, outputGradient) {
      const shape = shapeOf(settings, input);
      return {
        inputs: [reference.conv2dTransposeInputGradient(shape, batch, kernel as Float64Array, outputGradient)],
        parameters: {
          kernel: reference.conv2dTransposeWeightGradient(shape, batch, x, outputGradient),
          ...(settings.useBias && { bias: reference.conv2dTransposeBiasGradient(shape, outputGradient) }),
        },
      };
    },
  },
});

/** The convolution whose input gradient the layer is: `inChannels` are the filters. */
const shapeOf = (settings: Conv2dTransposeSettings, input: Shape): Conv2dShape =>
  transposedConvolutionShape(settings, settings.filters, input);
