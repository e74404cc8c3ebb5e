// Augmentations that apply others, or not.
import { type Augmentation, type BuiltStep, defineAugmentation } from '../augmentation.ts';
import { drawBelow } from '../draws.ts';
import { augmentation, augmentations, probability } from '../option-checks.ts';

interface OneOfSettings {
  readonly operations: readonly Augmentation[];
}

interface SometimesSettings {
  readonly probability: number;
  readonly operation: Augmentation;
}

const describeOneOf = defineAugmentation<OneOfSettings, OneOfSettings>({
  type: 'oneOf',
  settings: (check) => check({ operations: augmentations }),
  build({ operations }, { build }) {
    const steps = operations.map(build);
    return (canvas, random, key) => (steps[drawBelow(random, 0, steps.length)] as BuiltStep)(canvas, key);
  },
});

const describeSometimes = defineAugmentation<SometimesSettings, SometimesSettings>({
  type: 'sometimes',
  settings: (check) => check({ probability, operation: augmentation }),
  build({ probability, operation }, { build }) {
    const step = build(operation);
    return (canvas, random, key) => {
      if (random.uniform(0) < probability) step(canvas, key);
    };
  },
});

/**
 * Applies one of several augmentations to each sample; all are equally likely. The same as torchvision's `RandomChoice`
 * and Albumentations' `OneOf`.
 *
 * ```ts
 * oneOf([rotate({ degrees: 15 }), translate({ x: 0.1, y: 0.1 })]);
 * ```
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_UNKNOWN_NAME
 */
export const oneOf = (operations: readonly Augmentation[]): Augmentation => describeOneOf({ operations });

/**
 * Applies an augmentation to some samples. The same as torchvision's `RandomApply`, and as the `p` of Albumentations.
 *
 * ```ts
 * sometimes(0.3, gaussianNoise({ deviation: 8 }));
 * ```
 *
 * @param probability how often, from 0 to 1
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_UNKNOWN_NAME
 */
export const sometimes = (probability: number, operation: Augmentation): Augmentation =>
  describeSometimes({ probability, operation });
