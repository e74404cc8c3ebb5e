// Runs single kernels by hand, and compares what they leave with what is expected.
import { expect } from 'vitest';
import { encodeModule } from '../src/backends/wasm/module.ts';
import type { Kernel } from '../src/language/kernel.ts';
import { LANES } from '../src/language/value.ts';

/** Alters a kernel before a check runs it: how tests see that the check would notice. */
export type Change = (kernel: Kernel) => Kernel;
export const unchanged: Change = (kernel) => kernel;

export type Argument = Float32Array | Uint8Array | Uint32Array | number;

const LINE = 64;
const memory = new WebAssembly.Memory({ initial: 64, maximum: 65_536, shared: true });

/** Between buffers, so that whoever reads too far gets NaN and whoever writes too far is found out. */
const CANARY = 0xff;

/**
 * Runs a kernel on copies of its buffers and returns the copies as it left them, in the order of the arguments. Fails if the kernel writes
 * beside its buffers, if a buffer has not the extent that the kernel declares, or if the bits depend on whether loops are unrolled.
 */
export function run(kernel: Kernel, args: readonly Argument[]): Float32Array[] {
  expectExtents(kernel, args);
  const unrolled = runOnce(kernel, args, true);
  const looped = runOnce(kernel, args, false);
  looped.forEach((values, i) => {
    expectSameBits(values, unrolled[i]!);
  });
  return unrolled;
}

/** Each buffer has as many elements as the kernel declares, or, of several arrays, at least as many as one of them. */
function expectExtents({ name, parameters }: Kernel, args: readonly Argument[]): void {
  parameters.forEach((parameter, i) => {
    if (parameter.kind !== 'buffer') return;
    const { element, extent, itemStride } = parameter.buffer;
    const given = (args[i] as Exclude<Argument, number>).byteLength / (element === 'u8' ? 1 : 4);
    const what = `elements of '${parameter.name}' of '${name}'`;
    if (itemStride === undefined) expect(given, what).toBe(extent);
    else expect(given, what).toBeGreaterThanOrEqual(extent);
  });
}

function runOnce(kernel: Kernel, args: readonly Argument[], unroll: boolean): Float32Array[] {
  const { bytes, exportNames, guardBytes } = encodeModule([kernel], { shared: true, unroll });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const call = exports[exportNames[0]!] as (...args: number[]) => void;

  let end = roundUp(guardBytes) + LINE;
  const places = args.map((argument) => {
    if (typeof argument === 'number') return argument;
    const start = end;
    end = roundUp(start + argument.byteLength) + LINE;
    return start;
  });
  reserve(end);
  const all = new Uint8Array(memory.buffer);
  all.fill(CANARY, 0, end);
  args.forEach((argument, i) => {
    if (typeof argument !== 'number') all.set(asBytes(argument), places[i]!);
  });

  call(...places);

  const results: Float32Array[] = [];
  args.forEach((argument, i) => {
    if (typeof argument === 'number') return;
    const bytes = all.slice(places[i]!, places[i]! + argument.byteLength);
    all.fill(CANARY, places[i]!, places[i]! + argument.byteLength);
    if (argument instanceof Float32Array) results.push(new Float32Array(bytes.buffer));
  });
  const overwritten = all.subarray(0, end).findIndex((byte) => byte !== CANARY);
  expect(overwritten, `'${kernel.name}' wrote beside its buffers, at this byte`).toBe(-1);
  return results;
}

function reserve(bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 65_536));
}

const roundUp = (bytes: number): number => Math.ceil(bytes / LINE) * LINE;
const asBytes = ({ buffer, byteOffset, byteLength }: Exclude<Argument, number>) =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Samples that a kernel processes in one call. */
export const SAMPLES = LANES;

/** Row-major (8, size) → (size, 8), where a cell holds the 8 samples. */
export function toCells(rows: ArrayLike<number>): Float32Array {
  const size = rows.length / SAMPLES;
  return Float32Array.from(rows, (_, i) => rows[(i % SAMPLES) * size + Math.floor(i / SAMPLES)]!);
}

/** (size, 8) → row-major (8, size) */
export function fromCells(cells: Float32Array): Float64Array {
  const size = cells.length / SAMPLES;
  return Float64Array.from(cells, (_, i) => cells[(i % size) * SAMPLES + Math.floor(i / size)]!);
}

/** `length` float32 numbers in (−1, 1), the same for the same seed and purpose. */
export function values(length: number, seed: number, purpose: number): Float64Array {
  let state = Math.imul(seed ^ 0x9e3779b9, 2 * purpose + 1);
  return Float64Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return Math.fround((state >> 8) / 2 ** 23);
  });
}

/** Fails if some |actual − expected| is more than `tolerance` times the greater of 1 and the largest expected number. NaN equals NaN. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-5): void {
  const numbers = Array.from(expected).filter(Number.isFinite);
  const scale = numbers.reduce((largest, x) => Math.max(largest, Math.abs(x)), 1);
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
  expect(actual.length, 'length').toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    if (!agree(actual[i]!, expected[i]!)) {
      expect.fail(`index ${i}: actual ${actual[i]}, expected ${expected[i]}`);
    }
  }
}
