// The option `augment`, before augmentations are loaded.
import type { Augmentation } from '@convoy/datasets/augment';
import { ConvoyError } from '@convoy/tensor';
import { isObject } from '@convoy/tensor/builtins';
import { listOf, type OptionCheck } from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';

/** Descriptions of augmentations. Whether they are known, and fit the data, is checked by `checkAugmentations`. */
export const augmentOption: OptionCheck<readonly Augmentation[]> = listOf((name, value) => {
  if (isObject(value) && 'type' in value && 'settings' in value) return value as Augmentation;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${name}: ${describeValue(value)}`,
    expected: 'an augmentation of @convoy/datasets/augment',
    fix:
      typeof value === 'function'
        ? 'Call the function that describes it, for example horizontalFlip().'
        : 'Pass for example horizontalFlip().',
  });
});
