// Fewer levels.
import { positiveInteger } from '@convoy/tensor';
import { type Augmentation, defineAugmentation } from '../augmentation.ts';
import { requireBytes, rowSize } from '../pixels.ts';

/** Options of `posterize`. */
export interface PosterizeOptions {
  /** How many of the 8 bits of each byte are kept, from 1 to 8. */
  readonly bits: number;
}

const describe = defineAugmentation<PosterizeOptions, PosterizeOptions>({
  type: 'posterize',
  settings: (check) => check({ bits: (name, value) => positiveInteger(name, value, 8) }),
  build({ bits }, { form }) {
    requireBytes('posterize', form);
    const size = rowSize(form);
    const mask = 256 - 2 ** (8 - bits);
    return (canvas) => {
      canvas.draw();
      const { row, offset } = canvas;
      for (let i = offset; i < offset + size; i++) row[i] = (row[i] as number) & mask;
    };
  },
});

/**
 * Keeps the upper bits of each byte, and clears the others. Samples must be bytes. The same as torchvision's `posterize`.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; CONVOY_INVALID_DATA from the `Augmenter`
 */
export const posterize = (options: PosterizeOptions): Augmentation => describe(options);
