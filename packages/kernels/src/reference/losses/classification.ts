// The layout of logits (N, classes, positions) and of their targets, and what metrics of classifiers share.
import type { ClassificationShape } from '../../shapes.ts';

/** The numbers of all classes at each position of each sample, one array per position. */
export function rowsOf(
  { classes, positions = 1 }: ClassificationShape,
  batch: number,
  numbers: ArrayLike<number>,
): Float64Array[] {
  return Array.from({ length: batch * positions }, (_, i) => {
    const first = Math.floor(i / positions) * classes * positions + (i % positions);
    return Float64Array.from({ length: classes }, (_, k) => numbers[first + k * positions]!);
  });
}

/** The inverse of `rowsOf`: rows to (N, classes, positions). */
export function fromRows(
  { classes, positions = 1 }: ClassificationShape,
  batch: number,
  rows: readonly Float64Array[],
): Float64Array {
  return Float64Array.from({ length: batch * classes * positions }, (_, i) => {
    const sample = Math.floor(i / (classes * positions));
    return rows[sample * positions + (i % positions)]![Math.floor(i / positions) % classes]!;
  });
}

/** The class of the highest number, the first of equal ones; −1 if a number is NaN. */
export const classArgmax = (row: Float64Array): number => row.indexOf(Math.max(...row));

/** The right class of each position: its label, or the class with the highest probability. */
export function labelsOf(shape: ClassificationShape, batch: number, targets: ArrayLike<number>): ArrayLike<number> {
  return shape.targets === 'oneHot' ? rowsOf(shape, batch, targets).map(classArgmax) : targets;
}

/**
 * The mean over the samples of the fraction of positions that are right. Ignored positions are left out; the fraction
 * of no positions is 0.
 */
export function fractionRight(
  { positions = 1, ignoreLabel }: ClassificationShape,
  batch: number,
  labels: ArrayLike<number>,
  isRight: (position: number) => boolean,
): number {
  let sum = 0;
  for (let n = 0; n < batch; n++) {
    const own = Array.from({ length: positions }, (_, p) => n * positions + p);
    const kept = own.filter((i) => labels[i] !== ignoreLabel);
    if (kept.length > 0) sum += kept.filter(isRight).length / kept.length;
  }
  return sum / batch;
}
