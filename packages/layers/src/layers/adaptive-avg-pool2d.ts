// Adaptive average pooling.
import {
  type AdaptivePool2dShape,
  adaptiveAvgPool2dInputGradient,
  adaptiveAvgPool2d as adaptiveAvgPool2dKernel,
  reference,
} from '@convoy/kernels';
import type { Pair, Shape } from '@convoy/tensor';
import { planes, positivePair } from '@convoy/tensor/options';
import { defineLayer, type LayerOptions } from '../layer.ts';

export interface AdaptiveAvgPool2dOptions extends LayerOptions {
  /** Rows and columns of the output. */
  readonly size: Pair;
}

interface AdaptiveAvgPool2dSettings {
  readonly size: readonly [number, number];
}

/**
 * The means of bins that divide each channel into as many rows and columns as wanted: bin i of an axis covers the cells from
 * ⌊i · input / size⌋ to ⌈(i + 1) · input / size⌉ − 1. Bins overlap where the size does not divide the input; a larger size than the input's
 * repeats cells. The rule is that of torch.nn.AdaptiveAvgPool2d.
 *
 * Input [channels, height, width], output [channels, ...size].
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; when a model is built CONVOY_SHAPE_MISMATCH.
 */
export const adaptiveAvgPool2d = defineLayer<AdaptiveAvgPool2dOptions, AdaptiveAvgPool2dSettings>({
  type: 'adaptiveAvgPool2d',
  settings: ({ size }) => ({ size: positivePair('size', size) }),
  outputShape: ({ size }, input) => [planes(input)[0], ...size],
  fusesInputActivation: true,

  compile(settings, { input, x, y, outputGradient, inputGradient, inputActivation }) {
    const shape = shapeOf(settings, input);
    return {
      forward: [{ kernel: adaptiveAvgPool2dKernel(shape), places: [x, y] }],
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
    forward: (settings, input, batch, x) => reference.adaptiveAvgPool2d(shapeOf(settings, input), batch, x),
    backward: (settings, input, batch, _x, _parameters, outputGradient) => ({
      input: reference.adaptiveAvgPool2dInputGradient(shapeOf(settings, input), batch, outputGradient),
      parameters: {},
    }),
  },
});

function shapeOf({ size: [rows, columns] }: AdaptiveAvgPool2dSettings, input: Shape): AdaptivePool2dShape {
  const [channels, height, width] = planes(input);
  return { channels, height, width, rows, columns };
}
