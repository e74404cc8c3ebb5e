// Squared errors: the loss and its gradient in one kernel.
import { add, multiply, subtract } from '../../language/floats.ts';
import type { MeanSquaredErrorShape } from '../../shapes.ts';
import { elementwiseLoss } from './elementwise.ts';

/**
 * The `elementwiseLoss` of e = (y − t)² with ∂e/∂y = 2 (y − t). The divisor is 2 for the reduction `'halfSum'`, the
 * number of elements for `'mean'`.
 */
export const meanSquaredError = ({ elements, reduction }: MeanSquaredErrorShape) =>
  elementwiseLoss('meanSquaredError', elements, reduction === 'halfSum' ? 2 : elements, (k, y, t) => {
    const difference = k.let('difference', subtract(y, t));
    return { loss: multiply(difference, difference), derivative: add(difference, difference) };
  });
