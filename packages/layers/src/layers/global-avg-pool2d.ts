// Global average pooling: adaptive average pooling with one bin.
import type { Layer } from '../layer.ts';
import { defineBinMeans } from './adaptive-avg-pool2d.ts';
import { type GlobalPool2dOptions, globalPoolSettings } from './global-pool-options.ts';

const describe = defineBinMeans<GlobalPool2dOptions>('globalAvgPool2d', (options) => ({
  size: [1, 1],
  isFlat: !globalPoolSettings(options).keepDimensions,
}));

/**
 * The mean of each channel: y[c] = Σ x[c, i, j] / (height · width).
 *
 * Input [channels, height, width], output [channels], or [channels, 1, 1] with `keepDimensions`.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; when a model is built CONVOY_SHAPE_MISMATCH.
 */
export const globalAvgPool2d = (options: GlobalPool2dOptions = {}): Layer => describe(options);
