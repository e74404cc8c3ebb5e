// How scores (N, classes, positions) and their targets lie in memory.
import type { ClassificationShape } from '../../shapes.ts';

/** The numbers of all classes at each position of each sample, one array a position. */
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

/** The other way: rows to (N, classes, positions). */
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

/** The class of the highest number, of equal ones the first; −1 beside a NaN. */
export const firstHighest = (row: Float64Array): number => row.indexOf(Math.max(...row));

/** The right class of each position: its label, or that of the highest probability. */
export function labelsOf(shape: ClassificationShape, batch: number, targets: ArrayLike<number>): ArrayLike<number> {
  return shape.targets === 'oneHot' ? rowsOf(shape, batch, targets).map(firstHighest) : targets;
}

/** The mean over the samples of the fraction of the positions that are right; ignored ones are left out, and the fraction of none is 0. */
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
