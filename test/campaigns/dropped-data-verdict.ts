// Decides whether data sets that were dropped stayed in memory.

/** How many data sets the memory may grow by: a trainer keeps the last two, for training and validation. */
export const MAX_SETS = 2;

/**
 * @param mebibytes the resident memory after each use of a data set
 * @param start the number of uses before the start, in which heaps and caches reach their size
 * @param setMebibytes the size of a data set
 */
export function droppedDataProblems(
  mebibytes: readonly number[],
  start: number,
  setMebibytes: number,
): readonly string[] {
  const before = mebibytes[start - 1] ?? Number.NaN;
  const growth = Math.max(...mebibytes.slice(start)) - before;
  const limit = MAX_SETS * setMebibytes;
  if (growth <= limit) return [];
  return [
    `resident memory grew by ${growth.toFixed(1)} MiB, expected at most ${limit}, the size of ${MAX_SETS} data sets`,
  ];
}
