// Stronger and weaker differences between dark and light.
import { type Augmentation, defineAugmentation } from '../augmentation.ts';
import type { Canvas } from '../canvas.ts';
import { drawBetween } from '../draws.ts';
import { type FactorOptions, factorOptions } from '../factor-options.ts';
import { luminance, planeSize, rowSize, storeFor } from '../pixels.ts';

const describe = defineAugmentation<FactorOptions, FactorOptions>({
  type: 'contrast',
  settings: (check) => check(factorOptions),
  build({ factor }, { form }) {
    const store = storeFor(form);
    const size = rowSize(form);
    const mean = form.channels === 3 ? meanLuminance : meanOfAll;
    return (canvas, random) => {
      const scale = drawBetween(random, 0, factor);
      canvas.draw();
      const { row, offset } = canvas;
      const gray = (1 - scale) * mean(canvas);
      for (let i = offset; i < offset + size; i++) row[i] = store(scale * (row[i] as number) + gray);
    };
  },
});

function meanLuminance({ row, offset, form }: Canvas): number {
  const plane = planeSize(form);
  let sum = 0;
  for (let i = offset; i < offset + plane; i++) sum += luminance(row, i, plane);
  return sum / plane;
}

function meanOfAll({ row, offset, form }: Canvas): number {
  const size = rowSize(form);
  let sum = 0;
  for (let i = offset; i < offset + size; i++) sum += row[i] as number;
  return sum / size;
}

/**
 * Multiplies the differences from the mean luminance of the sample by a factor that is drawn: 0 leaves a uniform gray.
 * Bytes are limited to 0 … 255. For samples without three channels, the mean is that of all numbers. The same as
 * torchvision's `ColorJitter(contrast=factor)`.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const contrast = (options: FactorOptions): Augmentation => describe(options);
