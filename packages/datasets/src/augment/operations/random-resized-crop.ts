// A crop of random area and aspect ratio, scaled to the size of the image.
import { optional } from '@convoy/tensor/checks';
import { type Augmentation, defineAugmentation } from '../augmentation.ts';
import { drawBelow, drawBetween, drawRatio } from '../draws.ts';
import { identityMap, setMap } from '../geometry/affine-map.ts';
import type { Interpolation } from '../geometry/resample.ts';
import { type Bounds, boundsIn, interpolation } from '../option-checks.ts';

/** Options of `randomResizedCrop`. */
export interface RandomResizedCropOptions {
  /** The area of the crop as a part of the image, [least, greatest]; default [0.08, 1]. */
  readonly scale?: Bounds;
  /** The width of the crop divided by its height, [least, greatest]; default [3/4, 4/3]. */
  readonly ratio?: Bounds;
  /** Default 'bilinear'. */
  readonly interpolation?: Interpolation;
}

interface RandomResizedCropSettings {
  readonly scale: Bounds;
  readonly ratio: Bounds;
  readonly interpolation: Interpolation;
}

const ATTEMPTS = 10;
/** The index of the first draw that decides where the crop is; each attempt draws two numbers before. */
const PLACE = 2 * ATTEMPTS;

const describe = defineAugmentation<RandomResizedCropOptions, RandomResizedCropSettings>({
  type: 'randomResizedCrop',
  settings: (check) =>
    check({
      scale: optional(boundsIn({ above: 0, atMost: 1 }), [0.08, 1]),
      ratio: optional(boundsIn({ atLeast: 1e-3, atMost: 1e3 }), [3 / 4, 4 / 3]),
      interpolation: optional(interpolation, 'bilinear'),
    }),

  build({ scale, ratio, interpolation }, { form: { height, width } }) {
    const sampling = { interpolation };
    const map = identityMap();
    const [fallbackHeight, fallbackWidth] = largestCrop(height, width, ratio);
    return (canvas, random) => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const area = height * width * drawBetween(random, 2 * attempt, scale);
        const aspect = drawRatio(random, 2 * attempt + 1, ratio);
        const cropWidth = Math.round(Math.sqrt(area * aspect));
        const cropHeight = Math.round(Math.sqrt(area / aspect));
        if (cropWidth < 1 || cropWidth > width || cropHeight < 1 || cropHeight > height) continue;
        const top = drawBelow(random, PLACE, height - cropHeight + 1);
        const left = drawBelow(random, PLACE + 1, width - cropWidth + 1);
        setMap(map, cropWidth / width, 0, left, 0, cropHeight / height, top);
        canvas.transform(map, sampling);
        return;
      }
      const top = Math.floor((height - fallbackHeight) / 2);
      const left = Math.floor((width - fallbackWidth) / 2);
      setMap(map, fallbackWidth / width, 0, left, 0, fallbackHeight / height, top);
      canvas.transform(map, sampling);
    };
  },
});

/** The crop from the center where no attempt fits: as large as the ratio allows. */
function largestCrop(height: number, width: number, [least, greatest]: Bounds): [height: number, width: number] {
  if (width / height < least) return [Math.max(1, Math.round(width / least)), width];
  if (width / height > greatest) return [height, Math.max(1, Math.round(height * greatest))];
  return [height, width];
}

/**
 * Takes a crop of random area, aspect ratio and place, and scales it to the size of the sample. The same as torchvision's
 * `RandomResizedCrop` with the size of the samples: C. Szegedy and others, "Going Deeper with Convolutions", 2014. At the
 * border of a crop, interpolation uses the pixels beside it, where torchvision repeats the pixels of the border.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const randomResizedCrop = (options: RandomResizedCropOptions = {}): Augmentation => describe(options);
