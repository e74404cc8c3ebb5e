// Runs single kernels and compares their results with expected numbers.
import { expect } from 'vitest';
import { encodeModule } from '../src/backends/wasm/module.ts';
import type { Kernel } from '../src/language/kernel.ts';
import { LANES } from '../src/language/value.ts';

/** The content of a buffer, or a number. */
export type Content = Float32Array | Uint8Array | Uint32Array | number;

/**
 * Contents by the names of operands. Scratch memory may be left out, and so may operands that a kernel does not have.
 */
export type Contents = Readonly<Record<string, Content | undefined>>;

/** The contents of float buffers after a run. */
export type ResultsOf<K extends Kernel> = { readonly [Name in keyof K['operands']]: Float32Array };

const LINE = 64;
const memory = new WebAssembly.Memory({ initial: 64, maximum: 65_536, shared: true });

/** Fills the memory between buffers: a kernel that reads too far gets NaN, and one that writes too far is found. */
const CANARY = 0xff;
const CANARY_WORD = -1;
/** Fills scratch memory: large finite numbers, on which no result may depend. */
const GARBAGE = 0x70;

/**
 * Runs a kernel on copies of its buffers and returns the copies. Fails if the kernel writes outside its buffers, if the
 * size of a buffer is not the extent that the kernel declares, or if the bits depend on whether loops are unrolled.
 * Scratch memory is not compared.
 */
export function run<K extends Kernel>(kernel: K, contents: Contents): ResultsOf<K> {
  expectExtents(kernel, contents);
  const unrolled = instantiate(kernel, true)(contents);
  const looped = instantiate(kernel, false)(contents);
  for (const [name, values] of Object.entries(looped)) {
    if (name !== 'scratch') expectSameBits(values, (unrolled as Readonly<Record<string, Float32Array>>)[name]!);
  }
  return unrolled;
}

/** The contents in the order of the parameters. */
export function argumentsOf({ name, operands, parameters }: Kernel, contents: Contents): readonly Content[] {
  const unknown = Object.keys(contents).filter((key) => !(key in operands));
  if (unknown.length > 0) throw new Error(`'${name}' has no operand ${unknown.join(', ')}.`);
  return parameters.map((parameter) => {
    const content = contents[parameter.name];
    if (content !== undefined) return content;
    if (parameter.name !== 'scratch' || parameter.kind !== 'buffer') {
      throw new Error(`'${name}' needs the operand ${parameter.name}.`);
    }
    const { extent } = parameter.buffer;
    return new Float32Array(new Uint8Array(4 * extent).fill(GARBAGE).buffer);
  });
}

/** Each buffer has as many elements as the kernel declares, or, of several arrays, at least as many as one of them. */
function expectExtents(kernel: Kernel, contents: Contents): void {
  const args = argumentsOf(kernel, contents);
  kernel.parameters.forEach((parameter, i) => {
    if (parameter.kind !== 'buffer') return;
    const { element, extent, itemStride } = parameter.buffer;
    const given = (args[i] as Exclude<Content, number>).byteLength / (element === 'u8' ? 1 : 4);
    const what = `elements of '${parameter.name}' of '${kernel.name}'`;
    if (itemStride === undefined) expect(given, what).toBe(extent);
    else expect(given, what).toBeGreaterThanOrEqual(extent);
  });
}

/** A function that runs the kernel once. */
export function instantiate<K extends Kernel>(kernel: K, unroll: boolean): (contents: Contents) => ResultsOf<K> {
  const { bytes, exportNames, guardBytes } = encodeModule([kernel], { shared: true, unroll });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const call = exports[exportNames[0]!] as (...args: number[]) => void;
  return (contents) => {
    const args = argumentsOf(kernel, contents);
    let end = roundUp(guardBytes) + LINE;
    const addresses = args.map((argument) => {
      if (typeof argument === 'number') return argument;
      const start = end;
      end = roundUp(start + argument.byteLength) + LINE;
      return start;
    });
    reserve(end);
    const all = new Uint8Array(memory.buffer);
    all.fill(CANARY, 0, end);
    args.forEach((argument, i) => {
      if (typeof argument !== 'number') all.set(asBytes(argument), addresses[i]!);
    });

    call(...addresses);

    const results: Record<string, Float32Array> = {};
    args.forEach((argument, i) => {
      if (typeof argument === 'number') return;
      const start = addresses[i]!;
      const bytes = all.slice(start, start + argument.byteLength);
      all.fill(CANARY, start, start + argument.byteLength);
      if (argument instanceof Float32Array) results[kernel.parameters[i]!.name] = new Float32Array(bytes.buffer);
    });
    // In words, which is many times as fast as in bytes.
    const words = new Int32Array(memory.buffer, 0, end / 4);
    for (let i = 0; i < words.length; i++) {
      if (words[i] !== CANARY_WORD) expect.fail(`'${kernel.name}' wrote outside its buffers, at byte ${4 * i}`);
    }
    return results as ResultsOf<K>;
  };
}

function reserve(bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 65_536));
}

const roundUp = (bytes: number): number => Math.ceil(bytes / LINE) * LINE;
const asBytes = ({ buffer, byteOffset, byteLength }: Exclude<Content, number>) =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** The number of samples that a kernel processes in one call. */
export const SAMPLES = LANES;

/** Row-major (8, size) → (size, 8), where a cell holds the 8 samples. */
export function toCells(rows: ArrayLike<number>): Float32Array {
  const cells = new Float32Array(rows.length);
  const size = rows.length / SAMPLES;
  for (let n = 0; n < SAMPLES; n++) {
    for (let i = 0; i < size; i++) cells[i * SAMPLES + n] = rows[n * size + i]!;
  }
  return cells;
}

/** (size, 8) → row-major (8, size) */
export function fromCells(cells: Float32Array): Float64Array {
  const rows = new Float64Array(cells.length);
  const size = cells.length / SAMPLES;
  for (let n = 0; n < SAMPLES; n++) {
    for (let i = 0; i < size; i++) rows[n * size + i] = cells[i * SAMPLES + n]!;
  }
  return rows;
}

/** `length` float32 numbers in (−1, 1), the same for the same seed and purpose. */
export function values(length: number, seed: number, purpose: number): Float64Array {
  const numbers = new Float64Array(length);
  let state = Math.imul(seed ^ 0x9e3779b9, 2 * purpose + 1);
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    numbers[i] = Math.fround((state >> 8) / 2 ** 23);
  }
  return numbers;
}

/**
 * Fails if some |actual − expected| is more than `tolerance` times the greater of 1 and the largest finite expected
 * number. NaN equals NaN.
 */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-5): void {
  let scale = 1;
  for (let i = 0; i < expected.length; i++) {
    const size = Math.abs(expected[i]!);
    if (size > scale && size < Infinity) scale = size;
  }
  expectEach(actual, expected, (a, e) => Object.is(a, e) || a === e || Math.abs(a - e) <= tolerance * scale);
}

/** Fails if a number differs; NaN equals NaN, 0 does not equal −0. */
export function expectSameBits(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expectEach(actual, expected, Object.is);
}

function expectEach(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  agree: (actual: number, expected: number) => boolean,
): void {
  if (actual.length !== expected.length) expect(actual.length, 'length').toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    if (!agree(actual[i]!, expected[i]!)) {
      expect.fail(`index ${i}: actual ${actual[i]}, expected ${expected[i]}`);
    }
  }
}
