// Decodes image files of any kind into planes of bytes.
import { ConvoyError } from '@convoy/tensor';
import { errorMessage } from '@convoy/tensor/errors';
import type { ImageForm } from './image-options.ts';
import { loadSharp, type Sharp } from './load-sharp.ts';
import { decodePlainPng } from './plain-png.ts';

/** More pixels are a mistake or an attack: a small file can promise any number of them. */
const MAX_PIXELS = 2 ** 28;

/** Truncated and damaged files are errors. Of an animation the first image counts. */
const INPUT = { failOn: 'error', limitInputPixels: MAX_PIXELS, pages: 1, sequentialRead: true } as const;

export class ImageDecoder {
  readonly #sharp: Sharp;

  private constructor(sharp: Sharp) {
    this.#sharp = sharp;
  }

  /** @throws ConvoyError CONVOY_PACKAGE_MISSING */
  static async open(): Promise<ImageDecoder> {
    return new ImageDecoder(await loadSharp());
  }

  /**
   * The height and width of an image as people see it: after the rotation that a camera recorded.
   * @param name what messages call the file
   * @throws ConvoyError CONVOY_FILE_FORMAT
   */
  async sizeOf(file: Buffer, name: string): Promise<readonly [height: number, width: number]> {
    const { autoOrient } = await decoding(name, () => this.#sharp(file, INPUT).metadata());
    return [autoOrient.height, autoOrient.width];
  }

  /**
   * Decodes a file into planes (channels, height, width).
   * @param name what messages call the file
   * @throws ConvoyError CONVOY_FILE_FORMAT if it is no image, is damaged, or has another size where all must have one
   */
  async decode(file: Buffer, form: ImageForm, name: string, into: Uint8Array): Promise<void> {
    if (decodePlainPng(file, into, form)) return;
    const { channels, height, width, fit } = form;
    if (fit === undefined) await this.#assertSize(file, form, name);
    const { data, info } = await decoding(name, () =>
      this.#sharp(file, INPUT)
        .autoOrient()
        .resize({ width, height, fit: fit ?? 'fill', background: '#000' })
        .flatten({ background: '#000' })
        .toColourspace(channels === 1 ? 'b-w' : 'srgb')
        .raw({ depth: 'uchar' })
        .toBuffer({ resolveWithObject: true }),
    );
    const area = height * width;
    for (let channel = 0; channel < channels; channel++) {
      const first = info.channels < channels ? 0 : channel;
      for (let pixel = 0; pixel < area; pixel++) {
        into[channel * area + pixel] = data[pixel * info.channels + first] as number;
      }
    }
  }

  async #assertSize(file: Buffer, form: ImageForm, name: string): Promise<void> {
    const [height, width] = await this.sizeOf(file, name);
    if (height === form.height && width === form.width) return;
    throw new ConvoyError('CONVOY_FILE_FORMAT', {
      given: `the image ${JSON.stringify(name)} of height ${height} and width ${width}`,
      expected: `height ${form.height} and width ${form.width}, as the first image has`,
      fix: 'Set the option size, so that all images get the same size.',
    });
  }
}

/** Runs sharp, which throws at once for an empty file, and later for others. */
async function decoding<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new ConvoyError('CONVOY_FILE_FORMAT', {
      given: `the file ${JSON.stringify(name)}, which cannot be decoded (${errorMessage(cause)})`,
      expected: `an image that is complete, of at most ${MAX_PIXELS} pixels`,
      fix: 'Replace the file, or remove it from the data set.',
      cause,
    });
  }
}
