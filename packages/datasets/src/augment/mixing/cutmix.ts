// CutMix: a rectangle of each sample comes from another one.
import { type Augmentation, defineAugmentation } from '../augmentation.ts';
import { drawBelow } from '../draws.ts';
import { drawWeight, type MixOptions, MORE, mixOptions } from './mix-options.ts';

const describe = defineAugmentation<MixOptions, Required<MixOptions>>({
  type: 'cutmix',
  settings: (check) => check(mixOptions),
  mix(settings, { channels, height, width }) {
    let top = 0;
    let left = 0;
    let bottom = 0;
    let right = 0;
    return {
      draw(random) {
        const weight = drawWeight(random, settings);
        const half = Math.sqrt(1 - weight) / 2;
        const halfHeight = Math.floor(half * height);
        const halfWidth = Math.floor(half * width);
        const i = drawBelow(random, MORE, height);
        const j = drawBelow(random, MORE + 1, width);
        top = Math.max(i - halfHeight, 0);
        left = Math.max(j - halfWidth, 0);
        bottom = Math.min(i + halfHeight, height);
        right = Math.min(j + halfWidth, width);
        return 1 - ((bottom - top) * (right - left)) / (height * width);
      },
      mix(row, offset, partner, partnerOffset) {
        for (let channel = 0; channel < channels; channel++) {
          for (let i = top; i < bottom; i++) {
            const line = (channel * height + i) * width;
            for (let at = line + left; at < line + right; at++) {
              row[offset + at] = partner[partnerOffset + at] as number;
            }
          }
        }
      },
    };
  },
});

/**
 * Replaces a rectangle of each sample of a mini-batch by that of another one, its partner, and mixes the targets, which
 * become probabilities, in proportion to the areas. The area is 1 − λ of the image before it is cut off at the border; λ
 * is drawn from Beta(α, α) for each mini-batch, and the rectangle is the same for all its samples. The same as
 * torchvision's `CutMix`: S. Yun and others, "CutMix: Regularization Strategy to Train Strong Classifiers with
 * Localizable Features", 2019.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const cutmix = (options: MixOptions = {}): Augmentation => describe(options);
