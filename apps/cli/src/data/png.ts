// Writes pictures.
import { ConvoyError, errorMessage, fileError } from '@convoy/tensor/errors';

/**
 * @param pixels (height, width, channels)
 * @throws ConvoyError CONVOY_FILE_UNWRITABLE, CONVOY_PACKAGE_MISSING
 */
export async function writePng(
  path: string,
  pixels: Uint8Array,
  raw: { readonly height: number; readonly width: number; readonly channels: 1 | 3 },
): Promise<void> {
  const { default: sharp } = await import('sharp').catch((cause) => {
    throw new ConvoyError('CONVOY_PACKAGE_MISSING', {
      given: `a picture to write, and the package sharp cannot be imported (${errorMessage(cause)})`,
      expected: 'sharp 0.35 or later',
      fix: 'Run npm install sharp.',
      cause,
    });
  });
  await sharp(pixels, { raw })
    .png()
    .toFile(path)
    .catch((cause) => Promise.reject(fileError('write', path, cause)));
}
