// 2-d average pooling.
import { type AvgPool2dShape, avgPool2dInputGradient, avgPool2d as avgPool2dKernel, reference } from '@convoy/kernels';
import {
  type AveragePoolingOptions,
  oneOf,
  poolingSettings,
  poolingShape,
  type Shape,
  type WindowSettings,
} from '@convoy/tensor';
import { defineLayer, type LayerOptions } from '../layer.ts';
import { poolOutputShape } from './pool-options.ts';

export type AvgPool2dOptions = LayerOptions & AveragePoolingOptions;

interface AvgPool2dSettings extends WindowSettings {
  readonly countPadding: boolean;
}

/**
 * The mean of each window of each channel: y[c, i, j] = Σ x[c, i·strideY − top + p, j·strideX − left + q] / cells of the window.
 *
 * Input [channels, height, width], output [channels, ⌊(height + top + bottom − sizeY) / strideY⌋ + 1, likewise for the width].
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; when a model is built CONVOY_SHAPE_MISMATCH.
 */
export const avgPool2d = defineLayer<AvgPool2dOptions, AvgPool2dSettings>({
  type: 'avgPool2d',
  settings: (options) => ({
    ...poolingSettings(options),
    countPadding: oneOf('countPadding', options.countPadding ?? false, [true, false]),
  }),
  outputShape: poolOutputShape,
  fusesInputActivation: true,

  compile(settings, { input, x, y, outputGradient, inputGradient, inputActivation }) {
    const shape = shapeOf(settings, input);
    return {
      forward: [{ kernel: avgPool2dKernel(shape), places: [x, y] }],
      backward: () =>
        inputGradient
          ? [{ kernel: avgPool2dInputGradient(shape, inputActivation), places: [outputGradient, x, inputGradient] }]
          : [],
    };
  },

  reference: {
    forward: (settings, input, batch, x) => reference.avgPool2d(shapeOf(settings, input), batch, x),
    backward: (settings, input, batch, _x, _parameters, outputGradient) => ({
      input: reference.avgPool2dInputGradient(shapeOf(settings, input), batch, outputGradient),
      parameters: {},
    }),
  },
});

const shapeOf = (settings: AvgPool2dSettings, input: Shape): AvgPool2dShape => ({
  ...poolingShape(settings, input),
  countPadding: settings.countPadding,
});
