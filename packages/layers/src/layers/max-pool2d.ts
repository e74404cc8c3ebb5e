// Maximum pooling in two dimensions.
import type { MaximumPoolingOptions } from '@convoy/tensor';
import {
  maximumPoolingChecks,
  maximumPoolingSettings,
  poolingShape,
  type WindowSettings,
} from '@convoy/tensor/options';
import { defineLayer, type LayerOptions } from '../layer.ts';
import { compileMaxPooling, referenceMaxPooling } from './max-pooling.ts';
import { poolOutputShape } from './pool-options.ts';

/** Options of `maxPool2d`. */
export type MaxPool2dOptions = LayerOptions & MaximumPoolingOptions;

/**
 * The maximum of each window of each channel: y[c, i, j] = max x[c, i·strideY − top + p·dilationY, j·strideX − left + q·dilationX]. Padding is never
 * the maximum. The gradient goes to the first maximum in row-major order.
 *
 * Input [channels, height, width], output [channels, ⌊(height + top + bottom − dilationY·(sizeY − 1) − 1) / strideY⌋ + 1, and the same formula for the
 * width]. With `ceilMode` there is one more window if it starts inside the input or the padding before it.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; CONVOY_SHAPE_MISMATCH when a model is built
 */
export const maxPool2d = defineLayer<MaxPool2dOptions, WindowSettings>({
  type: 'maxPool2d',
  settings: (check) => maximumPoolingSettings(check(maximumPoolingChecks)),
  outputShape: poolOutputShape,
  fusesInputActivation: true,

  compile: (settings, context) => compileMaxPooling(poolingShape(settings, context.input), context),
  reference: referenceMaxPooling(poolingShape),
});
