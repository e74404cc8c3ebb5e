// Reference of top-k accuracy in float64.
import type { TopKShape } from '../../shapes.ts';
import { fractionRight, labelsOf, rowsOf } from '../losses/classification.ts';

/**
 * The k classes with the highest logits at each position, highest first, of equal ones the smaller class first; none
 * where a logit is NaN.
 *
 * @param logits (N, classes, positions), also probabilities
 */
export function topClasses(shape: TopKShape, batch: number, logits: Float64Array): number[][] {
  return rowsOf(shape, batch, logits).map((numbers) => {
    const row = Array.from(numbers);
    if (row.some(Number.isNaN)) return [];
    const byLogit = row.map((logit, index) => ({ logit, index }));
    // The difference of two infinities is NaN, and sorting is stable.
    byLogit.sort((a, b) => Number(b.logit > a.logit) - Number(b.logit < a.logit));
    return byLogit.slice(0, shape.k).map(({ index }) => index);
  });
}

/**
 * The mean over the samples of the fraction of their positions whose right class is among the classes with the k
 * highest logits.
 */
export function topKAccuracy(
  shape: TopKShape,
  batch: number,
  logits: Float64Array,
  targets: ArrayLike<number>,
): number {
  const tops = topClasses(shape, batch, logits);
  const labels = labelsOf(shape, batch, targets);
  return fractionRight(shape, batch, labels, (i) => tops[i]!.includes(labels[i]!));
}
