// The check of bytes that a user passes.
import { ConvoyError } from '@convoy/tensor';
import { isUint8Array } from '@convoy/tensor/builtins';
import { describeValue } from '@convoy/tensor/errors';

/** @throws ConvoyError CONVOY_INVALID_DATA unless a value is a Uint8Array */
export function checkBytes(value: unknown): void {
  if (isUint8Array(value)) return;
  throw new ConvoyError('CONVOY_INVALID_DATA', {
    given: `${describeValue(value)} as bytes`,
    expected: 'a Uint8Array',
    fix: 'Wrap the memory: new Uint8Array(buffer).',
  });
}
