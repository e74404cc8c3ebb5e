// Global average pooling.
import {
  type AdaptivePool2dShape,
  adaptiveAvgPool2d,
  adaptiveAvgPool2dInputGradient,
  reference,
} from '@convoy/kernels';
import type { Shape } from '@convoy/tensor';
import { planes } from '@convoy/tensor/options';
import { defineLayer, type Layer } from '../layer.ts';
import {
  type GlobalPool2dOptions,
  type GlobalPool2dSettings,
  globalPoolOutputShape,
  globalPoolSettings,
} from './global-pool-options.ts';

const describe = defineLayer<GlobalPool2dOptions, GlobalPool2dSettings>({
  type: 'globalAvgPool2d',
  settings: globalPoolSettings,
  outputShape: globalPoolOutputShape,
  fusesInputActivation: true,

  compile(_settings, { input, x, y, outputGradient, inputGradient, inputActivation }) {
    const shape = oneBin(input);
    return {
      forward: [{ kernel: adaptiveAvgPool2d(shape), places: [x, y] }],
      backward: () =>
        inputGradient
          ? [
              {
                kernel: adaptiveAvgPool2dInputGradient(shape, inputActivation),
                places: [outputGradient, x, inputGradient],
              },
            ]
          : [],
    };
  },

  reference: {
    forward: (_settings, input, batch, x) => reference.adaptiveAvgPool2d(oneBin(input), batch, x),
    backward: (_settings, input, batch, _x, _parameters, outputGradient) => ({
      input: reference.adaptiveAvgPool2dInputGradient(oneBin(input), batch, outputGradient),
      parameters: {},
    }),
  },
});

/**
 * The mean of each channel: y[c] = Σ x[c, i, j] / (height · width).
 *
 * Input [channels, height, width], output [channels], or [channels, 1, 1] with `keepDimensions`.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; when a model is built CONVOY_SHAPE_MISMATCH.
 */
export const globalAvgPool2d = (options: GlobalPool2dOptions = {}): Layer => describe(options);

function oneBin(input: Shape): AdaptivePool2dShape {
  const [channels, height, width] = planes(input);
  return { channels, height, width, rows: 1, columns: 1 };
}
