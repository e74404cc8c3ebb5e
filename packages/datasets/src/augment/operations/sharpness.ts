// Sharper and softer pictures.
import { type Augmentation, defineAugmentation } from '../augmentation.ts';
import type { Row } from '../canvas.ts';
import { drawBetween } from '../draws.ts';
import { type FactorOptions, factorOptions } from '../factor-options.ts';
import { storeFor } from '../pixels.ts';

const describe = defineAugmentation<FactorOptions, FactorOptions>({
  type: 'sharpness',
  settings: (check) => check(factorOptions),
  build({ factor }, { form }) {
    const store = storeFor(form);
    const { channels, height, width } = form;
    return (canvas, random) => {
      const scale = drawBetween(random, 0, factor);
      const before = canvas.copy();
      const { row, offset } = canvas;
      for (let channel = 0; channel < channels; channel++) {
        for (let i = 1; i < height - 1; i++) {
          for (let j = 1; j < width - 1; j++) {
            const at = (channel * height + i) * width + j;
            row[offset + at] = store(scale * (before[at] as number) + (1 - scale) * smoothAt(before, at, width));
          }
        }
      }
    };
  },
});

/** The mean of a pixel, which counts five times, and its eight neighbors. */
function smoothAt(row: Row, at: number, width: number): number {
  let sum = 4 * (row[at] as number);
  for (let line = at - width; line <= at + width; line += width) {
    sum += (row[line - 1] as number) + (row[line] as number) + (row[line + 1] as number);
  }
  return sum / 13;
}

/**
 * Multiplies the differences from a smoothed picture by a factor that is drawn: 0 leaves the smoothed picture, above 1
 * edges become stronger. Pixels at the border do not change. The same as torchvision's `adjust_sharpness`.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const sharpness = (options: FactorOptions): Augmentation => describe(options);
