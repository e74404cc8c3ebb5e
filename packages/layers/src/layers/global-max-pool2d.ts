// Global maximum pooling.
import type { Pool2dShape } from '@convoy/kernels';
import type { Shape } from '@convoy/tensor';
import { planes } from '@convoy/tensor/options';
import { defineLayer, type Layer } from '../layer.ts';
import {
  type GlobalPool2dOptions,
  type GlobalPool2dSettings,
  globalPoolOutputShape,
  globalPoolSettings,
} from './global-pool-options.ts';
import { compileMaxPooling, referenceMaxPooling } from './max-pooling.ts';

const describe = defineLayer<GlobalPool2dOptions, GlobalPool2dSettings>({
  type: 'globalMaxPool2d',
  settings: globalPoolSettings,
  outputShape: (settings, [input]) => globalPoolOutputShape(settings, planes(input)[0]),
  fusesInputActivation: true,

  compile: (_settings, context) => compileMaxPooling(oneWindow(context.input), context),
  reference: referenceMaxPooling((_settings, input) => oneWindow(input)),
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
