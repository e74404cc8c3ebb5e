// Numbers for the tests of ops, and their comparison with the float64 reference.
import fc from 'fast-check';
import { expect } from 'vitest';
import { RandomStream, type Shape, sizeOf, Tensor } from '../../src/index.ts';

export const seeds = fc.nat(2 ** 31 - 1);

/** Batches that fill no block, one, some, and leave a rest. */
export const batches = fc.integer({ min: 1, max: 19 });

export const integer = (min: number, max: number) => fc.integer({ min, max });

/** Numbers in [−1, 1), multiples of 2⁻¹⁰; the same for the same seed and purpose. */
export function random(shape: Shape, seed: number, purpose: string): Tensor {
  const stream = new RandomStream(seed, purpose);
  return new Tensor(
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.floor(stream.uniform(i) * 2048) / 1024 - 1),
    shape,
  );
}

/** Of eight different numbers, so that there are equal ones. */
export function withTies(shape: Shape, seed: number, purpose: string): Tensor {
  const { data } = random(shape, seed, purpose);
  return new Tensor(
    data.map((x) => Math.floor(x * 4) / 4),
    shape,
  );
}

export const float64 = ({ data }: Tensor): Float64Array => Float64Array.from(data);

/** Fails unless the shape is as expected and each number is within `tolerance` times the greatest expected one, or 1. */
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
