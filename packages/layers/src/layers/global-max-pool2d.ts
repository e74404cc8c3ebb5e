// Global maximum pooling.
import { maxPool2d, maxPool2dInputGradient, type Pool2dShape, reference } from '@convoy/kernels';
import { planes, type Shape } from '@convoy/tensor';
import { defineLayer, type Layer } from '../layer.ts';
import {
  type GlobalPool2dOptions,
  type GlobalPool2dSettings,
  globalPoolOutputShape,
  globalPoolSettings,
} from './global-pool-options.ts';

const describe = defineLayer<GlobalPool2dOptions, GlobalPool2dSettings>({
  type: 'globalMaxPool2d',
  settings: globalPoolSettings,
  outputShape: globalPoolOutputShape,
  fusesInputActivation: true,

  compile(_settings, { input, x, y, outputGradient, inputGradient, inputActivation }) {
    const shape = oneWindow(input);
    return {
      forward: [{ kernel: maxPool2d(shape), places: [x, y] }],
      backward: () =>
        inputGradient
          ? [{ kernel: maxPool2dInputGradient(shape, inputActivation), places: [x, y, outputGradient, inputGradient] }]
          : [],
    };
  },

  reference: {
    forward: (_settings, input, batch, x) => reference.maxPool2d(oneWindow(input), batch, x),
    backward(_settings, input, batch, x, _parameters, outputGradient) {
      const shape = oneWindow(input);
      const y = reference.maxPool2d(shape, batch, x);
      return { input: reference.maxPool2dInputGradient(shape, batch, x, y, outputGradient), parameters: {} };
    },
  },
});

/**
 * The largest number of each channel: y[c] = max x[c, i, j]. The gradient goes to the first cell, in row-major order, that holds it.
 *
 * Input [channels, height, width], output [channels], or [channels, 1, 1] with `keepDimensions`.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; when a model is built CONVOY_SHAPE_MISMATCH.
 */
export const globalMaxPool2d = (options: GlobalPool2dOptions = {}): Layer => describe(options);

function oneWindow(input: Shape): Pool2dShape {
  const [channels, height, width] = planes(input);
  return {
    channels,
    height,
    width,
    kernelHeight: height,
    kernelWidth: width,
    strideY: 1,
    strideX: 1,
    padTop: 0,
    padLeft: 0,
    padBottom: 0,
    padRight: 0,
  };
}
