// The augmentations of a fit, checked against its data.
import { type Dataset, elementOf } from '@convoy/datasets';
import { type Augmentation, Augmenter } from '@convoy/datasets/augment';
import { augmenterOptions } from '../shared/augmenter-options.ts';

/**
 * Builds what each worker will build, so that mistakes are found before training.
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_SHAPE_MISMATCH for augmentations that cannot augment such samples
 */
export function checkAugmentations(augment: readonly Augmentation[], data: Dataset, seed: number): void {
  new Augmenter(augment, augmenterOptions({ ...data, element: elementOf(data.source) }, seed));
}
