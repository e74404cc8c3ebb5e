// Squares that are hidden.
import { optional } from '@convoy/tensor/checks';
import { type Augmentation, defineAugmentation, type Fill } from '../augmentation.ts';
import { drawBelow } from '../draws.ts';
import { fillFor } from '../fill.ts';
import { fill, type PerAxis, perAxis, pixels } from '../option-checks.ts';
import { fillRectangle } from '../pixels.ts';

/** Options of `cutout`. */
export interface CutoutOptions {
  /** The hidden part in pixels: one number for a square, or [height, width]. */
  readonly size: PerAxis;
  /** How many parts are hidden, default 1. They may overlap. */
  readonly holes?: number;
  /** What hides them, default 0. */
  readonly fill?: Fill;
}

interface CutoutSettings {
  readonly size: readonly [height: number, width: number];
  readonly holes: number;
  readonly fill: Fill;
}

const describe = defineAugmentation<CutoutOptions, CutoutSettings>({
  type: 'cutout',
  settings: (check) => check({ size: perAxis(pixels), holes: optional(pixels, 1), fill: optional(fill, 0) }),
  build({ size, holes, fill }, { form }) {
    const [holeHeight, holeWidth] = size;
    const { height, width } = form;
    const numbers = fillFor(form, fill);
    return (canvas, random) => {
      canvas.draw();
      for (let hole = 0; hole < holes; hole++) {
        const top = drawBelow(random, 2 * hole, height) - Math.floor(holeHeight / 2);
        const left = drawBelow(random, 2 * hole + 1, width) - Math.floor(holeWidth / 2);
        const bottom = Math.min(top + holeHeight, height);
        const right = Math.min(left + holeWidth, width);
        fillRectangle(canvas, Math.max(top, 0), Math.max(left, 0), bottom, right, numbers);
      }
    };
  },
});

/**
 * Hides a square around a pixel that is drawn; the part of the square outside of the image is cut off. T. DeVries,
 * G. Taylor, "Improved Regularization of Convolutional Neural Networks with Cutout", 2017. Similar to Albumentations'
 * `CoarseDropout`. Labels of pixels do not change.
 *
 * ```ts
 * cutout({ size: 16 });
 * ```
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const cutout = (options: CutoutOptions): Augmentation => describe(options);
