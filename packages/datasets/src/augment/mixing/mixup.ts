// Mixup: weighted means of two samples.
import { type Augmentation, defineAugmentation } from '../augmentation.ts';
import { rowSize, storeFor } from '../pixels.ts';
import { drawWeight, type MixOptions, mixOptions } from './mix-options.ts';

const describe = defineAugmentation<MixOptions, Required<MixOptions>>({
  type: 'mixup',
  settings: (check) => check(mixOptions),
  mix(settings, form) {
    const store = storeFor(form);
    const size = rowSize(form);
    let weight = 1;
    return {
      draw(random) {
        weight = drawWeight(random, settings);
        return weight;
      },
      mix(row, offset, partner, partnerOffset) {
        for (let i = 0; i < size; i++) {
          const own = weight * (row[offset + i] as number);
          row[offset + i] = store(own + (1 - weight) * (partner[partnerOffset + i] as number));
        }
      },
    };
  },
});

/**
 * Mixes each sample of a mini-batch with another one, its partner: x ← λ x + (1 − λ) x′, and the same for the targets,
 * which become probabilities. λ is drawn from Beta(α, α) for each mini-batch. Bytes are rounded. The same as
 * torchvision's `MixUp`: H. Zhang and others, "mixup: Beyond Empirical Risk Minimization", 2017.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const mixup = (options: MixOptions = {}): Augmentation => describe(options);
