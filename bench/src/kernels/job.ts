// A job: one kernel on one layer, with all that is needed to check and to time it.
import { type Kernel, LANES, type OperandsOf } from '@convoy/kernels';
import { RandomStream } from '@convoy/tensor';
import type { Work } from '../measuring/measurement.ts';

/** Every job calls its kernel for this many blocks, a mini-batch of 64 samples; each block has its own memory. */
export const BLOCKS = 8;

/** The number of samples of one call. */
export const SAMPLES = LANES;

/** One kernel on one layer. */
export interface KernelJob {
  /** The family and the layer, such as `conv2d 6→16 5×5 14²`. */
  readonly group: string;
  /** The result, such as `forward`. */
  readonly name: string;
  readonly kernel: Kernel;
  /** The values of the operands, in the order of the parameters of the kernel. */
  readonly operands: readonly OperandValue[];
  /** The work of one call. */
  readonly work: Work;
}

/** A buffer, or the number that is passed for an integer or a float. */
type OperandValue = BufferValue | number;

export type BufferValue = Input | Result;

/** Numbers, stored in memory without conversion; with `perBlock` each block has a copy. */
export interface Input {
  readonly kind: 'input';
  readonly values: Float32Array | Uint8Array;
  readonly perBlock: boolean;
}

/** A buffer that a kernel writes, one for each block. */
export interface Result {
  readonly kind: 'result';
  readonly floats: number;
  /** Samples, which are stored as cells, or plain numbers. */
  readonly layout: 'cells' | 'plain';
  /** Whether every call adds to it, so that it has its expected value only after the first call. */
  readonly accumulates: boolean;
  /** The result of the float64 reference: (8, size) row-major for cells, otherwise in the order of the buffer. */
  readonly expected: () => Float64Array;
}

/** A job whose operands are given by name. */
export function kernelJob<K extends Kernel>({
  group,
  name,
  kernel,
  operands,
  work,
}: {
  readonly group: string;
  readonly name: string;
  readonly kernel: K;
  readonly operands: OperandsOf<K, BufferValue, number>;
  readonly work: Work;
}): KernelJob {
  const values = operands as Readonly<Record<string, OperandValue>>;
  return { group, name, kernel, operands: kernel.parameters.map((one) => values[one.name] as OperandValue), work };
}

/** Samples (8, size), row-major, which the kernel reads as (size) cells. */
export const samples = (rows: Float64Array): Input => ({ kind: 'input', values: toCells(rows), perBlock: true });

/** Samples as the rows of a data set. */
export const dataRows = (values: Float32Array | Uint8Array): Input => ({ kind: 'input', values, perBlock: true });

/** Numbers that all blocks share. */
export const parameters = (values: Float64Array): Input => ({
  kind: 'input',
  values: Float32Array.from(values),
  perBlock: false,
});

/** Scratch memory of a kernel. */
export const scratch = (floats: number): Input => ({
  kind: 'input',
  values: new Float32Array(floats),
  perBlock: false,
});

/** (size) cells, which are samples (8, size). */
export const resultCells = (size: number, expected: () => Float64Array): Result => ({
  kind: 'result',
  floats: size * LANES,
  layout: 'cells',
  accumulates: false,
  expected,
});

export const resultNumbers = (floats: number, expected: () => Float64Array): Result => ({
  kind: 'result',
  floats,
  layout: 'plain',
  accumulates: false,
  expected,
});

/** One float to which every call adds. */
export const runningSum = (expected: () => number): Result => ({
  kind: 'result',
  floats: 1,
  layout: 'plain',
  accumulates: true,
  expected: () => Float64Array.of(expected()),
});

/** Calls a function at most once, when its result is needed first. */
export function once<T>(compute: () => T): () => T {
  let result: { readonly value: T } | undefined;
  return () => {
    result ??= { value: compute() };
    return result.value;
  };
}

/** Float32 numbers in [−1, 1), the same for the same purpose. */
export function uniforms(count: number, purpose: string): Float64Array {
  const stream = new RandomStream(0, purpose);
  return Float64Array.from({ length: count }, (_, i) => Math.fround(2 * stream.uniform(i) - 1));
}

/** Row-major (8, size) → (size) cells of 8 lanes. */
export function toCells(rows: Float64Array): Float32Array {
  const size = rows.length / LANES;
  const cells = new Float32Array(rows.length);
  for (let i = 0; i < size; i++) {
    for (let lane = 0; lane < LANES; lane++) cells[i * LANES + lane] = rows[lane * size + i] as number;
  }
  return cells;
}
