// What a loss counts beside those of other outputs.
import { finiteNumber } from '@convoy/tensor';
import type { Loss } from '../loss.ts';

/**
 * The loss times a number of 0 or more, and so its gradients: for models with several outputs, as in
 * `loss: [softmaxCrossEntropy(), weighted(softmaxCrossEntropy(), 0.3)]`. Weights of weights multiply.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export function weighted(loss: Loss, weight: number): Loss {
  finiteNumber('weight', weight, { atLeast: 0 });
  return Object.freeze({ ...loss, weight: weight * (loss.weight ?? 1) });
}
