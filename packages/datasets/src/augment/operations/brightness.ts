// Lighter and darker pictures.
import { type Augmentation, defineAugmentation } from '../augmentation.ts';
import { drawBetween } from '../draws.ts';
import { type FactorOptions, factorOptions } from '../factor-options.ts';
import { rowSize, storeFor } from '../pixels.ts';

const describe = defineAugmentation<FactorOptions, FactorOptions>({
  type: 'brightness',
  settings: (check) => check(factorOptions),
  build({ factor }, { form }) {
    const store = storeFor(form);
    const size = rowSize(form);
    return (canvas, random) => {
      const scale = drawBetween(random, 0, factor);
      canvas.draw();
      const { row, offset } = canvas;
      for (let i = offset; i < offset + size; i++) row[i] = store(scale * (row[i] as number));
    };
  },
});

/**
 * Multiplies all numbers by a factor that is drawn: 0 is black. Bytes are limited to 255. The same as torchvision's
 * `ColorJitter(brightness=factor)`.
 *
 * ```ts
 * brightness({ factor: [0.6, 1.4] });
 * ```
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const brightness = (options: FactorOptions): Augmentation => describe(options);
