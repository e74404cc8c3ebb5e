// The fraction of samples that a classifier gets right.
import { and, equalTo } from '../../language/floats.ts';
import { kernel } from '../../language/kernel-builder.ts';
import type { ClassificationShape } from '../../shapes.ts';
import { addFractionRight, classArgmax, fractionOperands } from '../losses/classification.ts';

/**
 * count += Σ over the samples with weight > 0 of the fraction of their positions whose highest logit, the first of
 * equal ones, is the one of the right class. A position with a NaN among its logits is wrong.
 */
export function accuracy(shape: ClassificationShape) {
  return kernel('accuracy', fractionOperands(shape), (k, { x, ...others }) => {
    addFractionRight(k, shape, others, (position, label) => {
      const { index, highest } = classArgmax(k, shape, x, position);
      return and(equalTo(index, label), equalTo(highest, highest));
    });
  });
}
