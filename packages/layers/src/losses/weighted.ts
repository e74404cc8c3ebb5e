// The weight of a loss.
import { float32Number } from '@convoy/tensor/checks';
import type { Loss } from '../loss.ts';
import { lossCheck } from '../training-checks.ts';

/**
 * Multiplies a loss, and so its gradients, by a number of 0 or more that is finite as float32. For models with several
 * outputs. The weights of a weighted loss multiply.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 * @example loss: [softmaxCrossEntropy(), weighted(softmaxCrossEntropy(), 0.3)]
 */
export function weighted(loss: Loss, weight: number): Loss {
  const { weight: own = 1 } = lossCheck('loss', loss);
  float32Number('weight', weight, { atLeast: 0 });
  const product = float32Number('the product of the weights', weight * own, { atLeast: 0 });
  return Object.freeze({ ...loss, weight: product });
}
