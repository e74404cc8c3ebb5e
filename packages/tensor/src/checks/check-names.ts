// The check of the names of options.
import { isIterable, isObject, isPromise } from '../builtins.ts';
import { describeValue } from '../errors/describe-value.ts';
import { ConvoyError } from '../errors/errors.ts';
import { adviceFor } from './option-advice.ts';

/**
 * Checks that options are an object (or missing), and that the name of each option is known. Returns the options.
 * @param of the function, as its user writes it
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export function checkNames(of: string, options: unknown, known: readonly string[]): Readonly<Record<string, unknown>> {
  if (options === undefined) return {};
  // A map or a promise would pass as an object without options.
  if (!isObject(options) || isIterable(options) || isPromise(options)) {
    throw new ConvoyError('CONVOY_INVALID_OPTION', {
      given: `${describeValue(options)} as the options of ${of}`,
      expected: 'an object with options',
      fix: known.length === 0 ? 'Leave it out.' : `Pass an object, for example { ${known[0]}: … }.`,
    });
  }
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return options as Readonly<Record<string, unknown>>;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `the option ${describeValue(unknown)}, which ${of} does not have`,
    expected: known.length === 0 ? 'no options' : `only options that it has: ${known.join(', ')}`,
    fix: adviceFor(unknown, known),
  });
}
