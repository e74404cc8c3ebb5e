// Layer normalization.
import { oneOf, sizeOf } from '@convoy/tensor';
import type { Layer } from '../layer.ts';
import {
  type NormalizationOptions,
  type NormalizationSettings,
  normalizationSettings,
  planesOf,
} from './normalization-options.ts';
import { defineSampleNorm, overChannels, overGroups } from './sample-norm.ts';

/** What is normalized together: all of a sample, or the channels of each of its pixels. */
export type LayerNormExtent = 'sample' | 'channels';

export interface LayerNormOptions extends NormalizationOptions {
  /** Default 'sample'. */
  readonly over?: LayerNormExtent;
}

interface LayerNormSettings extends NormalizationSettings {
  readonly over: LayerNormExtent;
}

const describe = defineSampleNorm<LayerNormOptions, LayerNormSettings>({
  type: 'layerNorm',
  settings: (options) => ({
    over: oneOf('over', options.over ?? 'sample', ['sample', 'channels']),
    ...normalizationSettings(options),
  }),
  problem({ over, epsilon }, input) {
    const planes = planesOf(input);
    if (over === 'channels') {
      return { norm: overChannels, shape: { ...planes, groups: 1, epsilon }, parameters: [planes.channels] };
    }
    // A parameter for each number of the sample: each is a channel of its own, in one group.
    const shape = { channels: sizeOf(input), area: 1, groups: 1, epsilon };
    return { norm: overGroups, shape, parameters: input };
  },
});

/**
 * Each sample with mean 0 and variance 1: y = (x − mean) / √(variance + epsilon) · scale + offset, where variance is the mean of (x − mean)².
 * The same in training and prediction.
 *
 * Over 'sample' the statistics and parameters are those of the whole sample, as `torch.nn.LayerNorm` of its shape; over 'channels' each pixel
 * has its own statistics, those of its channels, and each channel its parameters.
 *
 * Input [channels, …], output of the same shape. Parameters: `scale` and `offset`, of the sample's shape or [channels].
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const layerNorm = (options: LayerNormOptions = {}): Layer => describe(options);
