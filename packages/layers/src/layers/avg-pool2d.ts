// 2-d average pooling.
import { type AvgPool2dShape, avgPool2d as avgPool2dKernel, avgPool2dInputGradient, reference } from '@convoy/kernels';
import type { Shape } from '@convoy/tensor';
import { defineLayer } from '../layer.ts';
import { type Pool2dOptions, poolOutputShape, poolSettings, poolShape } from './pool-options.ts';
import type { WindowSettings } from './window.ts';

export interface AvgPool2dOptions extends Pool2dOptions {
  /** Whether padded cells, which are 0, count in the divisor; default false. */
  readonly countPadding?: boolean;
}

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
  settings: (options) => ({ ...poolSettings(options), countPadding: options.countPadding ?? false }),
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
  ...poolShape(settings, input),
  countPadding: settings.countPadding,
});
