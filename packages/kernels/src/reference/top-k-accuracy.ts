// How often the label is among a classifier's first guesses.
import type { TopKShape } from '../shapes.ts';

/**
 * The k classes with the highest scores of each sample, best first, of equal ones the smaller first; none where a score is NaN.
 *
 * @param scores (N, classes), logits or probabilities
 */
export function topClasses({ classes, k }: TopKShape, batch: number, scores: Float64Array): number[][] {
  return Array.from({ length: batch }, (_, n) => {
    const row = Array.from(scores.subarray(n * classes, (n + 1) * classes));
    if (row.some(Number.isNaN)) return [];
    const byScore = row.map((score, index) => ({ score, index }));
    // The difference of two infinities is NaN, and sorting is stable.
    byScore.sort((a, b) => Number(b.score > a.score) - Number(b.score < a.score));
    return byScore.slice(0, k).map(({ index }) => index);
  });
}

/** The fraction of samples whose label is among the k highest scores. */
export function topKAccuracy(shape: TopKShape, batch: number, scores: Float64Array, labels: ArrayLike<number>): number {
  const right = topClasses(shape, batch, scores).filter((top, n) => top.includes(labels[n] as number));
  return right.length / batch;
}
