// The weight of a loss.
import { finiteNumber } from '@convoy/tensor';
import type { Loss } from '../loss.ts';

/**
 * Multiplies a loss, and so its gradients, by a number of 0 or more. For models with several outputs. The weights of a weighted loss multiply.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 * @example loss: [softmaxCrossEntropy(), weighted(softmaxCrossEntropy(), 0.3)]
 */
export function weighted(loss: Loss, weight: number): Loss {
  finiteNumber('weight', weight, { atLeast: 0 });
  return Object.freeze({ ...loss, weight: weight * (loss.weight ?? 1) });
}
