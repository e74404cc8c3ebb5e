// 2-d maximum pooling.
import { maxPool2dInputGradient, maxPool2d as maxPool2dKernel, reference } from '@convoy/kernels';
import { poolingSettings, poolingShape, type WindowSettings } from '@convoy/tensor';
import { defineLayer } from '../layer.ts';
import { type Pool2dOptions, poolOutputShape } from './pool-options.ts';

/**
 * The largest number in each window of each channel: y[c, i, j] = max x[c, i·strideY − top + p, j·strideX − left + q].
 * Padding never wins. The gradient goes to the first cell, in row-major order, that holds the maximum.
 *
 * Input [channels, height, width], output [channels, ⌊(height + top + bottom − sizeY) / strideY⌋ + 1, likewise for the width].
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; when a model is built CONVOY_SHAPE_MISMATCH.
 */
export const maxPool2d = defineLayer<Pool2dOptions, WindowSettings>({
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
