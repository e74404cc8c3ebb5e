// Global maximum pooling.
import type { Pool2dShape } from '@convoy/kernels';
import type { Shape } from '@convoy/tensor';
import { planes } from '@convoy/tensor/options';
import { defineLayer, type Layer } from '../layer.ts';
import {
  type GlobalPool2dOptions,
  type GlobalPool2dSettings,
  globalPoolChecks,
  globalPoolOutputShape,
} from './global-pool-options.ts';
import { compileMaxPooling, referenceMaxPooling } from './max-pooling.ts';

const describe = defineLayer<GlobalPool2dOptions, GlobalPool2dSettings>({
  type: 'globalMaxPool2d',
  settings: (check) => check(globalPoolChecks),
  outputShape: (settings, [input]) => globalPoolOutputShape(settings, planes(input)[0]),
  fusesInputActivation: true,

  compile: (_settings, context) => compileMaxPooling(oneWindow(context.input), context),
  reference: referenceMaxPooling((_settings, input) => oneWindow(input)),
});

/**
 * The maximum of each channel: y[c] = max x[c, i, j]. Its gradient goes to the first maximum in row-major order.
 *
 * Input [channels, height, width], output [channels], or [channels, 1, 1] with `keepDimensions`.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; CONVOY_SHAPE_MISMATCH when a model is built
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
