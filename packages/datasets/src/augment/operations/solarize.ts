// Inverted lights.
import { nonNegativeInteger } from '@convoy/tensor';
import { type Augmentation, defineAugmentation } from '../augmentation.ts';
import { requireBytes, rowSize } from '../pixels.ts';

/** Options of `solarize`. */
export interface SolarizeOptions {
  /** Levels from this one on are inverted, from 0 to 256. */
  readonly threshold: number;
}

const describe = defineAugmentation<SolarizeOptions, SolarizeOptions>({
  type: 'solarize',
  settings: (check) => check({ threshold: (name, value) => nonNegativeInteger(name, value, 256) }),
  build({ threshold }, { form }) {
    requireBytes('solarize', form);
    const size = rowSize(form);
    return (canvas) => {
      canvas.draw();
      const { row, offset } = canvas;
      for (let i = offset; i < offset + size; i++) {
        const level = row[i] as number;
        if (level >= threshold) row[i] = 255 - level;
      }
    };
  },
});

/**
 * Inverts levels of `threshold` and more: v becomes 255 − v. Samples must be bytes. The same as torchvision's `solarize`.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; CONVOY_INVALID_DATA from the `Augmenter`
 */
export const solarize = (options: SolarizeOptions): Augmentation => describe(options);
