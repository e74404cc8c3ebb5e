// A part of the padded image, at a random place.
import { ConvoyError } from '@convoy/tensor';
import { nonNegativeInteger, optional } from '@convoy/tensor/checks';
import { type Augmentation, defineAugmentation, type Fill } from '../augmentation.ts';
import { drawBelow } from '../draws.ts';
import { identityMap, setMap } from '../geometry/affine-map.ts';
import type { Interpolation } from '../geometry/resample.ts';
import { fill, interpolation, type PerAxis, perAxis, pixels } from '../option-checks.ts';

/** Options of `randomCrop`. */
export interface RandomCropOptions {
  /** Pixels that are added at each side before the crop: [above and below, left and right]. Default 0. */
  readonly padding?: PerAxis;
  /** The crop, [height, width]; default that of the samples. Another size is scaled to that of the samples. */
  readonly size?: PerAxis;
  /** The numbers of padding, default 0. */
  readonly fill?: Fill;
  /** How a crop of another size is scaled, default 'bilinear'. */
  readonly interpolation?: Interpolation;
}

interface RandomCropSettings {
  readonly padding: readonly [vertical: number, horizontal: number];
  readonly size?: readonly [height: number, width: number];
  readonly fill: Fill;
  readonly interpolation: Interpolation;
}

const describe = defineAugmentation<RandomCropOptions, RandomCropSettings>({
  type: 'randomCrop',
  settings(check) {
    const { size, ...settings } = check({
      padding: optional(
        perAxis((name, value) => nonNegativeInteger(name, value)),
        [0, 0],
      ),
      size: optional(perAxis(pixels)),
      fill: optional(fill, 0),
      interpolation: optional(interpolation, 'bilinear'),
    });
    return { ...settings, ...(size && { size }) };
  },

  build(settings, { form: { height, width }, outside }) {
    const [vertical, horizontal] = settings.padding;
    const [cropHeight, cropWidth] = settings.size ?? [height, width];
    const rows = height + 2 * vertical - cropHeight + 1;
    const columns = width + 2 * horizontal - cropWidth + 1;
    if (rows < 1 || columns < 1) throw tooLarge(cropHeight, cropWidth, height + 2 * vertical, width + 2 * horizontal);
    const isScaled = cropHeight !== height || cropWidth !== width;
    const sampling = {
      ...(vertical + horizontal > 0 && { fill: outside(settings.fill) }),
      ...(isScaled && { interpolation: settings.interpolation }),
    };
    const map = identityMap();
    return (canvas, random) => {
      const top = drawBelow(random, 0, rows) - vertical;
      const left = drawBelow(random, 1, columns) - horizontal;
      setMap(map, cropWidth / width, 0, left, 0, cropHeight / height, top);
      canvas.transform(map, sampling);
    };
  },
});

const tooLarge = (height: number, width: number, paddedHeight: number, paddedWidth: number) =>
  new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `a crop of ${height} × ${width} pixels from padded images of ${paddedHeight} × ${paddedWidth}`,
    expected: 'a crop that fits into the padded image',
    fix: 'Make size smaller, or padding larger.',
  });

/**
 * Pads samples, and takes a crop from a place that is drawn: all places are equally likely. The same as torchvision's
 * `RandomCrop` with `padding`. Augmented samples have the shape of the samples: a crop of another `size` is scaled.
 *
 * ```ts
 * randomCrop({ padding: 4 }); // shifts of up to 4 pixels, the usual augmentation of CIFAR-10
 * ```
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; for a crop that is larger than the padded image, CONVOY_SHAPE_MISMATCH from
 * the `Augmenter`
 */
export const randomCrop = (options: RandomCropOptions = {}): Augmentation => describe(options);
