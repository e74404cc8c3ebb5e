// What tests say about refusals, with messages that tell what was missing.
import { ConvoyError, type ConvoyErrorCode } from '@convoy/tensor';
import { expect } from 'vitest';

/** Fails unless the promise rejects with that code, and with a message that says what was given and how to fix it. */
export async function expectRefusal(
  promise: Promise<unknown>,
  code: ConvoyErrorCode,
  given: RegExp,
): Promise<ConvoyError> {
  const error = await promise.then(
    () => expect.fail('It was not refused.'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ConvoyError);
  const { code: actualCode, given: actualGiven, expected, fix, message } = error as ConvoyError;
  expect(actualCode).toBe(code);
  expect(actualGiven).toMatch(given);
  expect(expected).not.toBe('');
  expect(fix).toMatch(/^[A-Z].*[.?]$/);
  expect(message).toBe(`Given ${actualGiven}; expected ${expected}. ${fix}`);
  return error as ConvoyError;
}
