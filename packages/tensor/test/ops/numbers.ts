// Numbers for the tests of ops, and their comparison with the float64 reference.
import fc from 'fast-check';
import { expect } from 'vitest';
import { RandomStream, type Shape, sizeOf, Tensor } from '../../src/index.ts';

export const seeds = fc.nat(2 ** 31 - 1);

/** Batches smaller than a block, of one block, of several blocks, and with a partly filled block. */
export const batches = fc.integer({ min: 1, max: 19 });

export const integer = (min: number, max: number) => fc.integer({ min, max });

/** Multiples of 2⁻¹⁰ in [−1, 1). The same seed and purpose give the same numbers. */
export function random(shape: Shape, seed: number, purpose: string): Tensor {
  const stream = new RandomStream(seed, purpose);
  return new Tensor(
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.floor(stream.uniform(i) * 2048) / 1024 - 1),
    shape,
  );
}

/** Numbers from a set of eight, so that some are equal. */
export function withTies(shape: Shape, seed: number, purpose: string): Tensor {
  const { data } = random(shape, seed, purpose);
  return new Tensor(
    data.map((x) => Math.floor(x * 4) / 4),
    shape,
  );
}

export const float64 = ({ data }: Tensor): Float64Array => Float64Array.from(data);

/**
 * Fails unless the shape is as expected and the error of each number is at most `tolerance` times the greatest expected
 * number, or times 1 if that is greater.
 */
export function expectTensor(actual: Tensor, shape: Shape, expected: ArrayLike<number>, tolerance = 1e-5): void {
  expect(actual.shape).toEqual(shape);
  expect(actual.size).toBe(expected.length);
  const numbers = Array.from(expected);
  const scale = numbers.filter(Number.isFinite).reduce((most, x) => Math.max(most, Math.abs(x)), 1);
  const wrong = numbers.findIndex((e, i) => {
    const a = actual.data[i] as number;
    return !(Object.is(a, e) || a === e || Math.abs(a - e) <= tolerance * scale);
  });
  if (wrong >= 0) expect.fail(`index ${wrong}: actual ${actual.data[wrong]}, expected ${numbers[wrong]}`);
}

/** What `expect(…).toThrow(…)` compares errors with. */
export const withCode = (code: string) => expect.objectContaining({ name: 'ConvoyError', code });
