// Normally distributed noise.
import { finiteNumber } from '@convoy/tensor';
import type { OptionCheck } from '@convoy/tensor/checks';
import { type Augmentation, defineAugmentation } from '../augmentation.ts';
import { drawBetween } from '../draws.ts';
import { type Bounds, boundsIn } from '../option-checks.ts';
import { rowSize, storeFor } from '../pixels.ts';

/** Options of `gaussianNoise`. */
export interface GaussianNoiseOptions {
  /**
   * The standard deviation in units of the samples, which are levels from 0 to 255 for bytes: a number of 0 or more, or
   * [least, greatest], from which one is drawn for each sample.
   */
  readonly deviation: number | Bounds;
}

const MAX_DEVIATION = 1e6;

const deviations: OptionCheck<Bounds> = (name, value) => {
  if (Array.isArray(value)) return boundsIn({ atLeast: 0, atMost: MAX_DEVIATION })(name, value);
  const deviation = finiteNumber(name, value, { atLeast: 0, atMost: MAX_DEVIATION });
  return [deviation, deviation];
};

const describe = defineAugmentation<GaussianNoiseOptions, { readonly deviation: Bounds }>({
  type: 'gaussianNoise',
  settings: (check) => check({ deviation: deviations }),
  build({ deviation }, { form }) {
    const store = storeFor(form);
    const size = rowSize(form);
    const noise = new Float64Array(size);
    return (canvas, random) => {
      const scale = drawBetween(random, 0, deviation);
      canvas.draw();
      const { row, offset } = canvas;
      random.fillNormal(1, noise);
      for (let i = 0; i < size; i++) {
        row[offset + i] = store((row[offset + i] as number) + scale * (noise[i] as number));
      }
    };
  },
});

/**
 * Adds an independent, normally distributed number with mean 0 to each number. Bytes are rounded and limited to
 * 0 … 255. Similar to torchvision's `GaussianNoise`, whose `sigma` is for numbers from 0 to 1: `deviation` is 255 times
 * as large for bytes.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const gaussianNoise = (options: GaussianNoiseOptions): Augmentation => describe(options);
