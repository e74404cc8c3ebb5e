// Global average pooling: adaptive average pooling with one bin.
import type { Layer } from '../layer.ts';
import { defineBinMeans } from './adaptive-avg-pool2d.ts';
import {
  type GlobalPool2dOptions,
  type GlobalPool2dSettings,
  globalPoolChecks,
  globalPoolOutputShape,
} from './global-pool-options.ts';

const describe = defineBinMeans<GlobalPool2dOptions, GlobalPool2dSettings>({
  type: 'globalAvgPool2d',
  settings: (check) => check(globalPoolChecks),
  bins: () => [1, 1],
  outputShape: globalPoolOutputShape,
});

/**
 * The mean of each channel: y[c] = Σ x[c, i, j] / (height · width).
 *
 * Input [channels, height, width], output [channels], or [channels, 1, 1] with `keepDimensions`.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; CONVOY_SHAPE_MISMATCH when a model is built
 */
export const globalAvgPool2d = (options: GlobalPool2dOptions = {}): Layer => describe(options);
