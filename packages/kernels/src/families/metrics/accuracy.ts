// How much of its samples a classifier gets right.
import { kernel } from '../../language/kernel-builder.ts';
import type { Kernel } from '../../language/statement.ts';
import { and, equalTo } from '../../language/value.ts';
import type { ClassificationShape } from '../../shapes.ts';
import { addFractionRight, firstHighest } from '../losses/classification.ts';

/**
 * count += Σ over the samples of weight > 0 of the fraction of their positions whose highest score, of equal ones the first, is that of the
 * right class. A position with a NaN among its scores is wrong.
 *
 * Arguments: x cells (classes, positions), cells of labels (positions) or of distributions as x, one cell of weights, count (one float).
 */
export function accuracy(shape: ClassificationShape): Kernel {
  const parameters = { x: 'f32[]', targets: 'f32[]', weights: 'f32[]', count: 'f32[]' } as const;
  return kernel('accuracy', parameters, (k, { x, ...buffers }) => {
    addFractionRight(k, shape, buffers, (position, label) => {
      const { winner, highest } = firstHighest(k, shape, x, position);
      return and(equalTo(winner, label), equalTo(highest, highest));
    });
  });
}
