// Squared errors: the loss and its gradient in one kernel.
import type { Kernel } from '../../language/statement.ts';
import { add, multiply, subtract } from '../../language/value.ts';
import type { MeanSquaredErrorShape } from '../../shapes.ts';
import { elementwiseLoss } from './elementwise.ts';

/**
 * The `elementwiseLoss` of e = (y − t)², with ∂e/∂y = 2 (y − t) and divisor 2 in the form `'half-sum'`, the number of elements in the form
 * `'mean'`.
 */
export const meanSquaredError = ({ elements, form }: MeanSquaredErrorShape): Kernel =>
  elementwiseLoss('meanSquaredError', elements, form === 'half-sum' ? 2 : elements, (k, y, t) => {
    const difference = k.let('difference', subtract(y, t));
    return { loss: multiply(difference, difference), derivative: add(difference, difference) };
  });
