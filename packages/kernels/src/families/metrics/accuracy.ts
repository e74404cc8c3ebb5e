// How much of its samples a classifier gets right.

import { and, equalTo } from '../../language/floats.ts';
import { kernel } from '../../language/kernel-builder.ts';
import type { ClassificationShape } from '../../shapes.ts';
import { addFractionRight, firstHighest, fractionOperands } from '../losses/classification.ts';

/**
 * count += Σ over the samples of weight > 0 of the fraction of their positions whose highest score, of equal ones the first, is that of the
 * right class. A position with a NaN among its scores is wrong.
 *
 * Arguments: x cells (classes, positions), cells of labels (positions) or of distributions as x, one cell of weights, count (one float).
 */
export function accuracy(shape: ClassificationShape) {
  return kernel('accuracy', fractionOperands(shape), (k, { x, ...others }) => {
    addFractionRight(k, shape, others, (position, label) => {
      const { winner, highest } = firstHighest(k, shape, x, position);
      return and(equalTo(winner, label), equalTo(highest, highest));
    });
  });
}
