// Layer normalization.
import { sizeOf } from '@convoy/tensor';
import { choiceOf, optional } from '@convoy/tensor/checks';
import type { Layer } from '../layer.ts';
import {
  type NormalizationOptions,
  type NormalizationSettings,
  normalizationChecks,
  planesOf,
} from './normalization-options.ts';
import { defineSampleNorm, overChannels, overGroups } from './sample-norm.ts';

/** Which elements are normalized together: the whole sample, or the channels of each pixel. */
export type LayerNormExtent = 'sample' | 'channels';

/** Options of `layerNorm`. */
export interface LayerNormOptions extends NormalizationOptions {
  /** Default 'sample'. */
  readonly over?: LayerNormExtent;
}

interface LayerNormSettings extends NormalizationSettings {
  readonly over: LayerNormExtent;
}

const describe = defineSampleNorm<LayerNormOptions, LayerNormSettings>({
  type: 'layerNorm',
  settings: (check) => check({ over: optional(choiceOf('sample', 'channels'), 'sample'), ...normalizationChecks }),
  problem({ over, epsilon }, input) {
    const planes = planesOf(input);
    if (over === 'channels') {
      return { norm: overChannels, shape: { ...planes, groups: 1, epsilon }, parameters: [planes.channels] };
    }
    // Each element of the sample has parameters of its own: it counts as a channel, and all channels are one group.
    const shape = { channels: sizeOf(input), area: 1, groups: 1, epsilon };
    return { norm: overGroups, shape, parameters: input };
  },
});

/**
 * Normalizes each sample to mean 0 and variance 1: y = (x − mean) / √(variance + epsilon) · scale + offset, where variance is the mean of
 * (x − mean)². Training and prediction compute the same function.
 *
 * Over 'sample', the statistics are computed over the whole sample, and each element has its own scale and offset: `torch.nn.LayerNorm` of the
 * sample's shape. Over 'channels', the statistics are computed over the channels of each pixel, and each channel has its own scale and offset.
 *
 * Input [channels, …], output of the same shape. Parameters: `scale` and `offset`, of the sample's shape or [channels].
 * J. L. Ba, J. R. Kiros, G. E. Hinton, "Layer Normalization", 2016.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const layerNorm = (options: LayerNormOptions = {}): Layer => describe(options);
