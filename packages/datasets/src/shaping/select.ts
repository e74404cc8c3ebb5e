// Selections of samples. A selection has a row for each of its samples, so samples are never copied; targets are.
import { sizeOf } from '@convoy/tensor';
import { isUint8Array } from '@convoy/tensor/builtins';
import type { Dataset } from '../dataset/dataset.ts';
import { allocateShared } from '../dataset/shared-array.ts';

/**
 * The samples with these numbers, in this order. A sample may occur several times.
 * @param indices at least one; each from 0 to the length of the data set − 1
 */
export function select<D extends Dataset>(dataset: D, indices: ArrayLike<number>): D {
  const { source, targets } = dataset;
  const rows = new Int32Array(allocateShared(4 * indices.length));
  for (let i = 0; i < rows.length; i++) {
    const index = indices[i] as number;
    rows[i] = source.rows === undefined ? index : (source.rows[index] as number);
  }
  return {
    ...dataset,
    length: indices.length,
    source: { ...source, rows },
    targets: selectTargets(targets, indices),
  };
}

function selectTargets(targets: Dataset['targets'], indices: ArrayLike<number>): Dataset['targets'] {
  const size = sizeOf(targets.shape);
  if (targets.kind === 'values') {
    const values = new Float32Array(allocateShared(4 * size * indices.length));
    copyRows(targets.values, values, indices, size);
    return { ...targets, values };
  }
  const isBytes = isUint8Array(targets.labels);
  const buffer = allocateShared((isBytes ? 1 : 4) * size * indices.length);
  const labels = isBytes ? new Uint8Array(buffer) : new Int32Array(buffer);
  copyRows(targets.labels, labels, indices, size);
  return { ...targets, labels };
}

type Numbers = Uint8Array | Int32Array | Float32Array;

/** Row i of `into` becomes row indices[i] of `from`. Rows have `size` numbers. */
export function copyRows(from: Numbers, into: Numbers, indices: ArrayLike<number>, size: number): void {
  for (let i = 0; i < indices.length; i++) {
    const first = (indices[i] as number) * size;
    for (let j = 0; j < size; j++) into[i * size + j] = from[first + j] as number;
  }
}
