// Other hues.
import { type Augmentation, defineAugmentation } from '../augmentation.ts';
import { drawBetween } from '../draws.ts';
import { type Bounds, symmetricBounds } from '../option-checks.ts';
import { planeSize, requireBytes, requireColor, storeFor } from '../pixels.ts';

/** Options of `hue`. */
export interface HueOptions {
  /** The part of the circle of hues by which hues are shifted, from −0.5 to 0.5: a number s for [−s, s], or [least, greatest]. */
  readonly shift: number | Bounds;
}

const describe = defineAugmentation<HueOptions, { readonly shift: Bounds }>({
  type: 'hue',
  settings: (check) => check({ shift: symmetricBounds(0.5) }),
  build({ shift }, { form }) {
    requireColor('hue', form);
    requireBytes('hue', form);
    const store = storeFor(form);
    const plane = planeSize(form);
    return (canvas, random) => {
      const by = drawBetween(random, 0, shift);
      canvas.draw();
      const { row, offset } = canvas;
      for (let i = offset; i < offset + plane; i++) {
        const red = row[i] as number;
        const green = row[i + plane] as number;
        const blue = row[i + 2 * plane] as number;
        const value = Math.max(red, green, blue);
        const chroma = value - Math.min(red, green, blue);
        if (chroma === 0) continue;
        const sixths = hueOf(red, green, blue, value, chroma) + 6 * by + 6;
        row[i] = store(channelAt(sixths + 5, value, chroma));
        row[i + plane] = store(channelAt(sixths + 3, value, chroma));
        row[i + 2 * plane] = store(channelAt(sixths + 1, value, chroma));
      }
    };
  },
});

/** The hue in sixths of the circle, from −1 to 5: red is 0, green 2, blue 4. */
function hueOf(red: number, green: number, blue: number, value: number, chroma: number): number {
  if (value === red) return (green - blue) / chroma;
  return value === green ? 2 + (blue - red) / chroma : 4 + (red - green) / chroma;
}

/** V − C · max(0, min(k, 4 − k, 1)) with k = (n + hue) mod 6, n = 5 for red, 3 for green, 1 for blue. */
function channelAt(sixths: number, value: number, chroma: number): number {
  const k = sixths % 6;
  return value - chroma * Math.max(0, Math.min(k, 4 - k, 1));
}

/**
 * Shifts the hues of all colors on the circle of hues, by an amount that is drawn: A. Smith, "Color Gamut Transform
 * Pairs", 1978. Samples must be bytes. The same as torchvision's `ColorJitter(hue=shift)`.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; from the `Augmenter`, CONVOY_SHAPE_MISMATCH unless samples have three
 * channels, CONVOY_INVALID_DATA unless they are bytes
 */
export const hue = (options: HueOptions): Augmentation => describe(options);
