// The decoder of images, which is an optional dependency: only those who read images need it.
import { ConvoyError } from '@convoy/tensor';
import { errorMessage } from '@convoy/tensor/errors';

export type Sharp = typeof import('sharp')['default'];

/**
 * Imports sharp, set up for threads that decode one image at a time.
 * @throws ConvoyError CONVOY_PACKAGE_MISSING
 */
export async function loadSharp(): Promise<Sharp> {
  let sharp: Sharp;
  try {
    sharp = (await import('sharp')).default;
  } catch (cause) {
    throw new ConvoyError('CONVOY_PACKAGE_MISSING', {
      given: `images, and the package sharp, which decodes them, cannot be imported (${errorMessage(cause)})`,
      expected: 'sharp 0.35 or later',
      fix: 'Run npm install sharp.',
      cause,
    });
  }
  // The threads of Convoy are the parallelism, and every image is decoded once per epoch.
  sharp.concurrency(1);
  sharp.cache(false);
  return sharp;
}
