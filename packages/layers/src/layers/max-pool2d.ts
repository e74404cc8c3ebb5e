// 2-d maximum pooling.
import { maxPool2dInputGradient, maxPool2d as maxPool2dKernel, reference } from '@convoy/kernels';
import { type MaximumPoolingOptions, poolingSettings, poolingShape, type WindowSettings } from '@convoy/tensor';
import { defineLayer, type LayerOptions } from '../layer.ts';
import { poolOutputShape } from './pool-options.ts';

export type MaxPool2dOptions = LayerOptions & MaximumPoolingOptions;

/**
 * The largest number in each window of each channel: y[c, i, j] = max x[c, i·strideY − top + p·dilationY, j·strideX − left + q·dilationX].
 * Padding never wins. The gradient goes to the first cell, in row-major order, that holds the maximum.
 *
 * Input [channels, height, width], output [channels, ⌊(height + top + bottom − dilationY·(sizeY − 1) − 1) / strideY⌋ + 1, likewise for the
 * width]. With `ceilMode` there is one window more where it begins inside the input or the padding before it.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; when a model is built CONVOY_SHAPE_MISMATCH.
 */
export const maxPool2d = defineLayer<MaxPool2dOptions, WindowSettings>({
  type: 'maxPool2d',
  settings: poolingSettings,
  outputShape: poolOutputShape,
  fusesInputActivation: true,

  compile(settings, { input, x, y, outputGradient, inputGradient, inputActivation }) {
    const shape = poolingShape(settings, input);
    return {
      forward: [{ kernel: maxPool2dKernel(shape), places: [x, y] }],
      backward: () =>
        inputGradient
          ? [{ kernel: maxPool2dInputGradient(shape, inputActivation), places: [x, y, outputGradient, inputGradient] }]
          : [],
    };
  },

  reference: {
    forward: (settings, input, batch, x) => reference.maxPool2d(poolingShape(settings, input), batch, x),
    backward(settings, input, batch, x, _, outputGradient) {
      const shape = poolingShape(settings, input);
      const y = reference.maxPool2d(shape, batch, x);
      return { input: reference.maxPool2dInputGradient(shape, batch, x, y, outputGradient), parameters: {} };
    },
  },
});
