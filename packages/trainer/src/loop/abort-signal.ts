// The check of a signal that a user passes.
import { ConvoyError } from '@convoy/tensor';
import type { OptionCheck } from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';
import { isRecord } from '../checkpoint/exact-json.ts';

/** It looks at no class: the signals of a browser-like test environment or of a polyfill are not of Node's class. */
export const abortSignal: OptionCheck<AbortSignal> = (name, value) => {
  if (isSignal(value)) return value;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${name}: ${describeValue(value)}`,
    expected: 'an AbortSignal',
    fix: 'Pass the signal of an AbortController, or AbortSignal.timeout(…).',
  });
};

function isSignal(value: unknown): value is AbortSignal {
  if (!isRecord(value)) return false;
  const { aborted, addEventListener, removeEventListener } = value;
  return (
    typeof aborted === 'boolean' && typeof addEventListener === 'function' && typeof removeEventListener === 'function'
  );
}
