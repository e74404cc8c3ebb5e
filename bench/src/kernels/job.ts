// What it takes to check and to time one kernel on one layer.
import { type Kernel, LANES } from '@convoy/kernels';
import { RandomStream } from '@convoy/tensor';
import type { Work } from '../measurement.ts';

/** Every job calls its kernel for this many blocks, a mini-batch of 64 samples, each at addresses of its own. */
export const BLOCKS = 8;

/** Samples of one call. */
export const SAMPLES = LANES;

/** One kernel on one layer. */
export interface KernelJob {
  /** The family and the layer, such as `conv2d 6→16 5×5 14²`. */
  readonly group: string;
  /** What is computed, such as `forward`. */
  readonly name: string;
  readonly kernel: Kernel;
  /** In the order in which the kernel takes them. */
  readonly arguments: readonly Argument[];
  /** Of one call. */
  readonly work: Work;
}

export type Argument =
  /** Numbers as they lie in memory; `perBlock` gives each block a copy. */
  | { readonly kind: 'input'; readonly values: Float32Array | Uint8Array; readonly perBlock: boolean }
  | { readonly kind: 'number'; readonly value: number }
  | Result;

/** What a kernel writes, one for each block. */
export interface Result {
  readonly kind: 'result';
  readonly floats: number;
  /** Samples as rows that lie in cells, or numbers as they are. */
  readonly layout: 'cells' | 'plain';
  /** Whether every call adds to it, so that it has its expected value after the first one alone. */
  readonly accumulates: boolean;
  /** What the float64 twin says: (8, size) row-major for cells, else as the result lies. */
  readonly expected: () => Float64Array;
}

/** Samples (8, size), row-major, which the kernel reads as cells (size). */
export const samples = (rows: Float64Array): Argument => ({ kind: 'input', values: toCells(rows), perBlock: true });

/** Rows of samples as they lie in a data set. */
export const dataRows = (values: Float32Array | Uint8Array): Argument => ({ kind: 'input', values, perBlock: true });

/** Numbers that all blocks share. */
export const parameters = (values: Float64Array): Argument => ({
  kind: 'input',
  values: Float32Array.from(values),
  perBlock: false,
});

/** Memory that a kernel writes to for itself. */
export const scratch = (floats: number): Argument => ({
  kind: 'input',
  values: new Float32Array(floats),
  perBlock: false,
});

export const number = (value: number): Argument => ({ kind: 'number', value });

/** Cells (size), which stand for samples (8, size). */
export const resultCells = (size: number, expected: () => Float64Array): Argument => ({
  kind: 'result',
  floats: size * LANES,
  layout: 'cells',
  accumulates: false,
  expected,
});

export const resultNumbers = (floats: number, expected: () => Float64Array): Argument => ({
  kind: 'result',
  floats,
  layout: 'plain',
  accumulates: false,
  expected,
});

/** One float to which every call adds. */
export const runningSum = (expected: () => number): Argument => ({
  kind: 'result',
  floats: 1,
  layout: 'plain',
  accumulates: true,
  expected: () => Float64Array.of(expected()),
});

/** Float32 numbers in [−1, 1), the same for the same purpose. */
export function uniforms(count: number, purpose: string): Float64Array {
  const stream = new RandomStream(0, purpose);
  return Float64Array.from({ length: count }, (_, i) => Math.fround(2 * stream.uniform(i) - 1));
}

/** Row-major (8, size) → cells (size), 8 lanes each. */
export function toCells(rows: Float64Array): Float32Array {
  const size = rows.length / LANES;
  const cells = new Float32Array(rows.length);
  for (let i = 0; i < size; i++) {
    for (let lane = 0; lane < LANES; lane++) cells[i * LANES + lane] = rows[lane * size + i] as number;
  }
  return cells;
}
