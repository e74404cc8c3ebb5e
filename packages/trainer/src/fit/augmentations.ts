// The augmentations of a fit, checked against its data.
import { type Dataset, elementOf } from '@convoy/datasets';
import type { Augmentation } from '@convoy/datasets/augment';
import type { Plan } from '@convoy/layers/runtime';
import { ConvoyError } from '@convoy/tensor';
import { augmenterOptions } from '../shared/augmenter-options.ts';

/**
 * Builds what each worker will build, so that mistakes are found before training.
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_SHAPE_MISMATCH for augmentations that cannot augment such samples
 */
export async function checkAugmentations(
  augment: readonly Augmentation[] | undefined,
  data: Dataset,
  seed: number,
  plan: Plan,
): Promise<void> {
  if (augment === undefined) return;
  // Most fits do not augment, and then nothing of it is loaded.
  const { Augmenter, checkAugmentation, isMix, Mixer } = await import('@convoy/datasets/augment');
  for (const [i, augmentation] of augment.entries()) checkAugmentation(`augment[${i}]`, augmentation);
  const options = augmenterOptions({ ...data, element: elementOf(data.source) }, seed);
  const mixes = augment.filter(isMix);
  new Augmenter(
    augment.filter((augmentation) => !isMix(augmentation)),
    options,
  );
  if (mixes.length === 0) return;
  const { sampleShape, element } = options;
  new Mixer(mixes, { sampleShape, element, seed });
  if (plan.targets.kind !== 'labels') return;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `the augmentation ${mixes[0]?.type} with a loss that takes a label for each sample`,
    expected: 'a loss that takes a probability for each class, because mixed samples are of two classes',
    fix: "Create the loss with softmaxCrossEntropy({ targets: 'oneHot' }). The data set keeps its labels.",
  });
}
