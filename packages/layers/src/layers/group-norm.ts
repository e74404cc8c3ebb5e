// Group normalization.
import { ConvoyError, formatShape, positiveInteger } from '@convoy/tensor';
import {
  type NormalizationOptions,
  type NormalizationSettings,
  normalizationChecks,
  planesOf,
} from './normalization-options.ts';
import { defineSampleNorm, overGroups } from './sample-norm.ts';

/** Options of `groupNorm`. */
export interface GroupNormOptions extends NormalizationOptions {
  /** The number of groups; it must divide the channels. 1 normalizes the whole sample; one group per channel is instance normalization. */
  readonly groups: number;
}

interface GroupNormSettings extends NormalizationSettings {
  readonly groups: number;
}

/**
 * Normalizes each group of channels of each sample to mean 0 and variance 1: y = (x − mean) / √(variance + epsilon) · scale[c] + offset[c]. Mean and
 * variance (the mean of (x − mean)²) are computed over the group. Training and prediction compute the same function: `torch.nn.GroupNorm`.
 *
 * Input [channels, …], output of the same shape. Parameters: `scale` [channels], `offset` [channels].
 * Y. Wu, K. He, "Group Normalization", 2018.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; CONVOY_SHAPE_MISMATCH when a model is built, if the groups do not divide the channels
 */
export const groupNorm = defineSampleNorm<GroupNormOptions, GroupNormSettings>({
  type: 'groupNorm',
  settings: (check) => check({ groups: positiveInteger, ...normalizationChecks }),
  problem({ groups, epsilon }, input) {
    const planes = planesOf(input);
    if (planes.channels % groups === 0) {
      return { norm: overGroups, shape: { ...planes, groups, epsilon }, parameters: [planes.channels] };
    }
    throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
      given: `groups: ${groups} for an input of shape ${formatShape(input)}`,
      expected: `a number of groups that divides the ${planes.channels} channels`,
      fix: 'Change groups, or the channels of the layer before.',
    });
  },
});
