// How often the right class is among a classifier's first guesses.
import type { TopKShape } from '../../shapes.ts';
import { fractionRight, labelsOf, rowsOf } from '../losses/classification.ts';

/**
 * The k classes with the highest scores at each position, best first, of equal ones the smaller first; none where a score is NaN.
 *
 * @param scores (N, classes, positions), logits or probabilities
 */
export function topClasses(shape: TopKShape, batch: number, scores: Float64Array): number[][] {
  return rowsOf(shape, batch, scores).map((numbers) => {
    const row = Array.from(numbers);
    if (row.some(Number.isNaN)) return [];
    const byScore = row.map((score, index) => ({ score, index }));
    // The difference of two infinities is NaN, and sorting is stable.
    byScore.sort((a, b) => Number(b.score > a.score) - Number(b.score < a.score));
    return byScore.slice(0, shape.k).map(({ index }) => index);
  });
}

/** The mean over the samples of the fraction of their positions whose right class is among the k highest scores. */
export function topKAccuracy(
  shape: TopKShape,
  batch: number,
  scores: Float64Array,
  targets: ArrayLike<number>,
): number {
  const tops = topClasses(shape, batch, scores);
  const labels = labelsOf(shape, batch, targets);
  return fractionRight(shape, batch, labels, (i) => tops[i]!.includes(labels[i]!));
}
