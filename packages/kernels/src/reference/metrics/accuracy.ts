// How much a classifier gets right, in float64.
import type { ClassificationShape } from '../../shapes.ts';
import { firstHighest, fractionRight, labelsOf, rowsOf } from '../losses/classification.ts';

/**
 * The class with the highest score at each position of each sample, of equal ones the first.
 *
 * @param scores (N, classes, positions), logits or probabilities
 * @returns (N, positions)
 */
export const argmax = (shape: ClassificationShape, batch: number, scores: Float64Array): Int32Array =>
  Int32Array.from(rowsOf(shape, batch, scores), firstHighest);

/**
 * The mean over the samples of the fraction of their positions whose highest score is that of the right class.
 *
 * @param targets (N, positions) labels, or distributions of the scores' shape
 */
export function accuracy(
  shape: ClassificationShape,
  batch: number,
  scores: Float64Array,
  targets: ArrayLike<number>,
): number {
  const winners = argmax(shape, batch, scores);
  const labels = labelsOf(shape, batch, targets);
  return fractionRight(shape, batch, labels, (i) => winners[i] === labels[i]);
}
