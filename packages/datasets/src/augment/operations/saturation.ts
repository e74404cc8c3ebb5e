// Stronger and weaker colors.
import { type Augmentation, defineAugmentation } from '../augmentation.ts';
import { drawBetween } from '../draws.ts';
import { type FactorOptions, factorOptions } from '../factor-options.ts';
import { luminance, planeSize, requireColor, storeFor } from '../pixels.ts';

const describe = defineAugmentation<FactorOptions, FactorOptions>({
  type: 'saturation',
  settings: (check) => check(factorOptions),
  build({ factor }, { form }) {
    requireColor('saturation', form);
    const store = storeFor(form);
    const plane = planeSize(form);
    return (canvas, random) => {
      const scale = drawBetween(random, 0, factor);
      canvas.draw();
      const { row, offset } = canvas;
      for (let i = offset; i < offset + plane; i++) {
        const gray = (1 - scale) * luminance(row, i, plane);
        for (let at = i; at < offset + 3 * plane; at += plane) row[at] = store(scale * (row[at] as number) + gray);
      }
    };
  },
});

/**
 * Multiplies the differences from the luminance of each pixel by a factor that is drawn: 0 leaves a gray picture. Bytes
 * are limited to 0 … 255. The same as torchvision's `ColorJitter(saturation=factor)`.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; from the `Augmenter`, CONVOY_SHAPE_MISMATCH unless samples have three
 * channels
 */
export const saturation = (options: FactorOptions): Augmentation => describe(options);
