// How often logits agree with yes-or-no targets.
import { and, equalTo, lessThan, select } from '../../language/floats.ts';
import type { BinaryAccuracyShape } from '../../shapes.ts';
import { elementwiseMetric } from '../losses/elementwise.ts';
import { logistic } from '../math/elementary.ts';

/**
 * The `elementwiseMetric` of m = 1 where σ(x) > threshold and t > ½ are both true or both false, else 0. An element
 * that is NaN is wrong.
 */
export const binaryAccuracy = ({ elements, threshold }: BinaryAccuracyShape) =>
  elementwiseMetric('binaryAccuracy', elements, (k, x, t) => {
    const probability = k.let('probability', logistic(k, x));
    const saidYes = select(lessThan(threshold, probability), 1, 0);
    const isYes = select(lessThan(0.5, t), 1, 0);
    return select(and(equalTo(saidYes, isYes), equalTo(x, x)), 1, 0);
  });
