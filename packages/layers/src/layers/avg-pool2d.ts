// Average pooling in two dimensions.
import { avgPool2dInputGradient, avgPool2d as avgPool2dKernel } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import type { AveragePoolingOptions } from '@convoy/tensor';
import {
  type AveragePoolingSettings,
  averagePoolingChecks,
  averagePoolingSettings,
  averagePoolingShape,
} from '@convoy/tensor/options';
import { defineLayer, type LayerOptions } from '../layer.ts';
import { call } from '../layer-context.ts';
import { poolOutputShape } from './pool-options.ts';

/** Options of `avgPool2d`. */
export type AvgPool2dOptions = LayerOptions & AveragePoolingOptions;

/**
 * The mean of each window of each channel: y[c, i, j] = Σ x[c, i·strideY − top + p, j·strideX − left + q] / (elements of the window). Padding
 * counts only with `countPadding`.
 *
 * Input [channels, height, width], output [channels, ⌊(height + top + bottom − sizeY) / strideY⌋ + 1, and the same formula for the width]. With
 * `ceilMode` there is one more window if it starts inside the input or the padding before it; what it has beyond the padding never counts.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; CONVOY_SHAPE_MISMATCH when a model is built
 */
export const avgPool2d = defineLayer<AvgPool2dOptions, AveragePoolingSettings>({
  type: 'avgPool2d',
  settings: (check) => averagePoolingSettings(check(averagePoolingChecks)),
  outputShape: poolOutputShape,
  fusesInputActivation: true,

  compile(settings, { input, x, y, outputGradient, inputGradient, inputActivation }) {
    const shape = averagePoolingShape(settings, input);
    return {
      forward: [call(avgPool2dKernel(shape), { x, y })],
      backward: () =>
        inputGradient
          ? [call(avgPool2dInputGradient(shape, inputActivation), { dy: outputGradient, x, dx: inputGradient })]
          : [],
    };
  },

  reference: {
    forward: (settings, [input], batch, [x]) => reference.avgPool2d(averagePoolingShape(settings, input), batch, x),
    backward: (settings, [input], batch, _xs, _parameters, outputGradient) => ({
      inputs: [reference.avgPool2dInputGradient(averagePoolingShape(settings, input), batch, outputGradient)],
      parameters: {},
    }),
  },
});
