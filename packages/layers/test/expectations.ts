// Expectations on numbers and errors, with messages that say where they failed.
import { ConvoyError, type ConvoyErrorCode } from '@convoy/tensor';
import { expect } from 'vitest';

/** Fails if an |actual − expected| exceeds `tolerance` · max(1, the largest |expected|). NaN always fails. */
export function expectClose(
  what: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance = 1e-5,
): void {
  expect(actual.length, `length of ${what}`).toBe(expected.length);
  const numbers = Array.from(expected);
  const bound = tolerance * numbers.reduce((largest, x) => Math.max(largest, Math.abs(x)), 1);
  // Not `>`: a NaN is a mismatch.
  const wrong = numbers.findIndex((x, i) => !(Math.abs((actual[i] as number) - x) <= bound));
  if (wrong >= 0) expect.fail(`${what}, index ${wrong}: actual ${actual[wrong]}, expected ${expected[wrong]}`);
}

/** Fails unless the action throws a complete `ConvoyError` with this code, whose `given` contains the text. */
export function expectConvoyError(action: () => unknown, code: ConvoyErrorCode, given: string): void {
  const error = thrownBy(action);
  expect(error).toBeInstanceOf(ConvoyError);
  expect(error).toMatchObject({ code, given: expect.stringContaining(given) });
  const { message, expected, fix } = error as ConvoyError;
  expect(expected).not.toBe('');
  expect(fix).toMatch(/^[A-Z].*\.$/);
  expect(message).toBe(`Given ${(error as ConvoyError).given}; expected ${expected}. ${fix}`);
}

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return expect.fail('Nothing was thrown.');
}
