// Pseudorandom numbers that golden files need not contain, because golden/portable.py draws the same ones.
import { type Shape, sizeOf, Tensor } from '@convoy/tensor';

/** Integers from 0 to below - 1 (below 2²¹), from a linear congruential generator whose seed is the FNV-1a hash of the purpose. */
export function draws(purpose: string, count: number, below: number): number[] {
  let state = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(purpose)) state = Math.imul(state ^ byte, 0x01000193);
  return Array.from({ length: count }, () => {
    state = Math.imul(state, 1664525) + 1013904223;
    return Math.floor(((state >>> 0) * below) / 2 ** 32);
  });
}

/** Multiples of reach / steps in [-reach, reach). */
export function numbers(purpose: string, shape: Shape, steps: number, reach = 1): Tensor {
  const integers = draws(purpose, sizeOf(shape), 2 * steps);
  return new Tensor(
    Float32Array.from(integers, (integer) => (reach * (integer - steps)) / steps),
    shape,
  );
}

/** The greatest |actual − expected|, relative to the greatest |expected|; NaN if a number is missing or NaN. */
export function relativeDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.NaN;
  const greatest = (numbers: number[]) => numbers.reduce((most, number) => Math.max(most, Math.abs(number)), 0);
  const differences = Array.from(expected, (number, i) => number - (actual[i] as number));
  return greatest(differences) / greatest(Array.from(expected));
}
