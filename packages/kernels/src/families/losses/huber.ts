// The Huber loss, quadratic for small errors and linear for large ones, and its gradient in one kernel.
import { absolute, max, min, multiply, subtract } from '../../language/floats.ts';
import type { HuberShape } from '../../shapes.ts';
import { elementwiseLoss } from './elementwise.ts';

/**
 * The `elementwiseLoss` of e = c · (|y − t| − c / 2) with c = min(|y − t|, delta), which is ½ (y − t)² up to delta and
 * linear beyond. ∂e/∂y = y − t, limited to ±delta. The divisor is the number of elements.
 */
export const huber = ({ elements, delta }: HuberShape) =>
  elementwiseLoss('huber', elements, elements, (k, y, t) => {
    const difference = k.let('difference', subtract(y, t));
    const distance = k.let('distance', absolute(difference));
    const limited = k.let('limited', min(distance, delta));
    return {
      loss: multiply(limited, subtract(distance, multiply(limited, 0.5))),
      derivative: max(min(difference, delta), -delta),
    };
  });
