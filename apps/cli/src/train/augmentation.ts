// What `--augment` names: the standard augmentations of small images, or those of a module.
import { pathToFileURL } from 'node:url';
import type { Dataset } from '@convoy/datasets';
import { type Augmentation, horizontalFlip, randomCrop } from '@convoy/datasets/augment';
import { ConvoyError, describeValue, errorMessage } from '@convoy/tensor/errors';

/** Pixels of padding for each pixel of the shorter side: 4 for 32, as in K. He et al., "Deep Residual Learning for Image Recognition" (2015). */
const PADDING = 1 / 8;

/**
 * @param given 'standard', or the path of a module that exports `augment`
 * @throws ConvoyError CONVOY_FILE_FORMAT if the module cannot be loaded, or exports no list
 */
export async function augmentationsOf(given: string, { sampleShape }: Dataset): Promise<readonly Augmentation[]> {
  if (given === 'standard') {
    const [, height = 1, width = 1] = sampleShape;
    return [randomCrop({ padding: Math.max(1, Math.round(Math.min(height, width) * PADDING)) }), horizontalFlip()];
  }
  const module = await import(pathToFileURL(given).href).catch((cause) => {
    throw new ConvoyError('CONVOY_FILE_FORMAT', {
      given: `the module ${describeValue(given)} of --augment, which cannot be loaded (${errorMessage(cause)})`,
      expected: 'a module that exports augment, or the word standard',
      fix: 'Correct the path or the module.',
      cause,
    });
  });
  if (Array.isArray(module.augment)) return module.augment;
  throw new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `the module ${describeValue(given)} of --augment, which exports ${describeValue(module.augment)} as augment`,
    expected: 'a list of augmentations',
    fix: 'Export for example const augment = [randomCrop({ padding: 4 }), horizontalFlip()].',
  });
}
