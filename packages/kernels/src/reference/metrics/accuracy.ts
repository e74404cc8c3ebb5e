// Reference of accuracy in float64.
import type { ClassificationShape } from '../../shapes.ts';
import { classArgmax, fractionRight, labelsOf, rowsOf } from '../losses/classification.ts';

/**
 * The class with the highest logit at each position of each sample, the first of equal ones.
 *
 * @param logits (N, classes, positions), also probabilities
 * @returns (N, positions)
 */
export const argmax = (shape: ClassificationShape, batch: number, logits: Float64Array): Int32Array =>
  Int32Array.from(rowsOf(shape, batch, logits), classArgmax);

/**
 * The mean over the samples of the fraction of their positions whose highest logit is the one of the right class.
 *
 * @param targets (N, positions) labels, or distributions in the shape of the logits
 */
export function accuracy(
  shape: ClassificationShape,
  batch: number,
  logits: Float64Array,
  targets: ArrayLike<number>,
): number {
  const predicted = argmax(shape, batch, logits);
  const labels = labelsOf(shape, batch, targets);
  return fractionRight(shape, batch, labels, (i) => predicted[i] === labels[i]);
}
