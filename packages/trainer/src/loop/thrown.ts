// What functions of a user throw, and the promises that they return.
import { ConvoyError } from '@convoy/tensor';
import { isError, isPromise } from '@convoy/tensor/builtins';
import { describeValue } from '@convoy/tensor/errors';

/**
 * What a function threw, if that is an error, or else an error that says so.
 * @param where the function, for the message
 */
export const errorOf = (thrown: unknown, where: string): unknown =>
  isError(thrown)
    ? thrown
    : new ConvoyError('CONVOY_CALLBACK_FAILED', {
        given: `${where}, which threw ${describeValue(thrown)}`,
        expected: 'a callback that throws nothing else than errors',
        fix: 'Throw an Error, for example new Error("no space left").',
        cause: thrown,
      });

/**
 * Calls a function that is not to be awaited.
 * @param failed is called with the error of the promise that it returned, if that rejects: it would end the process otherwise
 * @throws the error that the function throws
 */
export function callUnawaited(where: string, call: () => unknown, failed: (error: unknown) => void): void {
  try {
    const result = call();
    if (isPromise(result)) result.then(undefined, (thrown) => failed(errorOf(thrown, where)));
  } catch (thrown) {
    throw errorOf(thrown, where);
  }
}
