// Absolute errors: as a loss with its gradient, and as a metric.
import { absolute, lessThan, select, subtract } from '../../language/floats.ts';
import type { ElementsShape } from '../../shapes.ts';
import { elementwiseLoss, elementwiseMetric } from './elementwise.ts';

/**
 * The `elementwiseLoss` of e = |y − t| with ∂e/∂y = sign(y − t), which is 0 where they are equal. The divisor is the
 * number of elements.
 */
export const meanAbsoluteError = ({ elements }: ElementsShape) =>
  elementwiseLoss('meanAbsoluteError', elements, elements, (k, y, t) => {
    const difference = k.let('difference', subtract(y, t));
    // A difference that is neither above nor below 0 is 0 or NaN, and so is its sign.
    const sign = select(lessThan(0, difference), 1, select(lessThan(difference, 0), -1, difference));
    return { loss: absolute(difference), derivative: sign };
  });

/** The `elementwiseMetric` of m = |y − t|. */
export const absoluteError = ({ elements }: ElementsShape) =>
  elementwiseMetric('absoluteError', elements, (_, y, t) => absolute(subtract(y, t)));
