// How many samples a classifier gets right, in float64.
import type { ClassificationShape } from '../shapes.ts';

/**
 * The class with the highest score of each sample, of equal ones the first.
 *
 * @param scores (N, classes), logits or probabilities
 * @returns (N)
 */
export function argmax({ classes }: ClassificationShape, batch: number, scores: Float64Array): Int32Array {
  return Int32Array.from({ length: batch }, (_, n) => {
    const row = scores.subarray(n * classes, (n + 1) * classes);
    return row.indexOf(Math.max(...row));
  });
}

/** The fraction of samples whose highest score is their label's. */
export function accuracy(
  shape: ClassificationShape,
  batch: number,
  scores: Float64Array,
  labels: ArrayLike<number>,
): number {
  return argmax(shape, batch, scores).filter((label, n) => label === labels[n]).length / batch;
}
