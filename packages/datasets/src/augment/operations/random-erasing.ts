// A rectangle of random area and aspect ratio that is erased.
import { optional } from '@convoy/tensor/checks';
import type { RandomStream } from '@convoy/tensor/random';
import { type Augmentation, defineAugmentation, type Fill } from '../augmentation.ts';
import type { Canvas } from '../canvas.ts';
import { drawBelow, drawBetween, drawRatio } from '../draws.ts';
import { fillFor } from '../fill.ts';
import { type Bounds, boundsIn, fill, probability } from '../option-checks.ts';
import { fillRectangle } from '../pixels.ts';

/** Options of `randomErasing`. */
export interface RandomErasingOptions {
  /** How often a rectangle is erased, from 0 to 1; default 0.5. */
  readonly probability?: number;
  /** The area of the rectangle as a part of the image, [least, greatest]; default [0.02, 0.33]. */
  readonly scale?: Bounds;
  /** The height of the rectangle divided by its width, [least, greatest]; default [0.3, 3.3]. */
  readonly ratio?: Bounds;
  /**
   * What takes the place of the rectangle, default 0. 'random': for each number another one, a byte from 0 to 255 or a
   * normally distributed float32 number.
   */
  readonly fill?: Fill | 'random';
}

const ATTEMPTS = 10;
/** The indices of draws: whether, then two for each attempt, then the place, then the numbers. */
const ATTEMPT = 1;
const PLACE = ATTEMPT + 2 * ATTEMPTS;
const NUMBERS = PLACE + 2;

const describe = defineAugmentation<RandomErasingOptions, Required<RandomErasingOptions>>({
  type: 'randomErasing',
  settings: (check) =>
    check({
      probability: optional(probability, 0.5),
      scale: optional(boundsIn({ above: 0, atMost: 1 }), [0.02, 0.33]),
      ratio: optional(boundsIn({ atLeast: 1e-3, atMost: 1e3 }), [0.3, 3.3]),
      fill: optional((name, value) => (value === 'random' ? value : fill(name, value)), 0),
    }),
  build(settings, { form }) {
    const { scale, ratio } = settings;
    const { height, width } = form;
    const numbers = settings.fill === 'random' ? undefined : fillFor(form, settings.fill);
    return (canvas, random) => {
      if (random.uniform(0) >= settings.probability) return;
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const area = height * width * drawBetween(random, ATTEMPT + 2 * attempt, scale);
        const aspect = drawRatio(random, ATTEMPT + 2 * attempt + 1, ratio);
        const rows = Math.round(Math.sqrt(area * aspect));
        const columns = Math.round(Math.sqrt(area / aspect));
        if (rows >= height || columns >= width) continue;
        const top = drawBelow(random, PLACE, height - rows + 1);
        const left = drawBelow(random, PLACE + 1, width - columns + 1);
        canvas.draw();
        if (numbers) fillRectangle(canvas, top, left, top + rows, left + columns, numbers);
        else randomRectangle(canvas, random, top, left, top + rows, left + columns);
        return;
      }
    };
  },
});

function randomRectangle(
  { row, offset, form: { channels, height, width, element } }: Canvas,
  random: RandomStream,
  top: number,
  left: number,
  bottom: number,
  right: number,
): void {
  let index = NUMBERS;
  for (let channel = 0; channel < channels; channel++) {
    for (let i = top; i < bottom; i++) {
      const line = offset + (channel * height + i) * width;
      for (let j = left; j < right; j++, index++) {
        row[line + j] = element === 'uint8' ? random.uint32(index) >>> 24 : random.normal(index);
      }
    }
  }
}

/**
 * Erases a rectangle of some samples: Z. Zhong and others, "Random Erasing Data Augmentation", 2017. A rectangle that is
 * as high or as wide as the image is drawn again, up to 10 times. The same as torchvision's `RandomErasing`. Labels of
 * pixels do not change.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const randomErasing = (options: RandomErasingOptions = {}): Augmentation => describe(options);
