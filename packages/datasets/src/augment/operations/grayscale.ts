// Gray pictures.
import { optional } from '@convoy/tensor/checks';
import { type Augmentation, defineAugmentation } from '../augmentation.ts';
import { probability } from '../option-checks.ts';
import { luminance, planeSize, requireColor, storeFor } from '../pixels.ts';

/** Options of `grayscale`. */
export interface GrayscaleOptions {
  /** How often a sample becomes gray, from 0 to 1; default 0.1. */
  readonly probability?: number;
}

const describe = defineAugmentation<GrayscaleOptions, Required<GrayscaleOptions>>({
  type: 'grayscale',
  settings: (check) => check({ probability: optional(probability, 0.1) }),
  build(settings, { form }) {
    requireColor('grayscale', form);
    const store = storeFor(form);
    const plane = planeSize(form);
    return (canvas, random) => {
      if (random.uniform(0) >= settings.probability) return;
      canvas.draw();
      const { row, offset } = canvas;
      for (let i = offset; i < offset + plane; i++) {
        const gray = store(luminance(row, i, plane));
        row[i] = gray;
        row[i + plane] = gray;
        row[i + 2 * plane] = gray;
      }
    };
  },
});

/**
 * Replaces the colors of some samples by their luminance, 0.299 R + 0.587 G + 0.114 B, in all three channels. The same
 * as torchvision's `RandomGrayscale`.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; from the `Augmenter`, CONVOY_SHAPE_MISMATCH unless samples have three
 * channels
 */
export const grayscale = (options: GrayscaleOptions = {}): Augmentation => describe(options);
