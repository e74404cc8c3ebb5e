// Checks of options that are texts, functions, lists or records.
import { isFunction, isObject } from '../builtins.ts';
import { describeValue } from '../errors/describe-value.ts';
import { ConvoyError } from '../errors/errors.ts';
import type { OptionCheck } from './check-options.ts';

/** The check of an option that is a text of one character or more. */
export const text: OptionCheck<string> = (name, value) => {
  if (typeof value === 'string' && value !== '') return value;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${name}: ${describeValue(value)}`,
    expected: 'a text that is not empty',
    fix: `Pass ${name} as text.`,
  });
};

/** The check of an option that is a function; `F` is what it is called with, which cannot be checked. */
export const functionOf =
  <F extends (...values: never[]) => unknown>(): OptionCheck<F> =>
  (name, value) => {
    if (isFunction(value)) return value as F;
    throw new ConvoyError('CONVOY_INVALID_OPTION', {
      given: `${name}: ${describeValue(value)}`,
      expected: 'a function',
      fix: `Pass ${name} as a function.`,
    });
  };

/** The check of an option that is a list, each entry of which passes a check. Messages name the entry: `rates[3]`. */
export const listOf =
  <T>(check: OptionCheck<T>): OptionCheck<readonly T[]> =>
  (name, value) => {
    // `Array.from` also visits holes.
    if (Array.isArray(value)) return Array.from(value, (entry, i) => check(`${name}[${i}]`, entry));
    throw new ConvoyError('CONVOY_INVALID_OPTION', {
      given: `${name}: ${describeValue(value)}`,
      expected: 'a list',
      fix: `Pass ${name} as an array.`,
    });
  };

/** The check of an option that is an object with any keys, each value of which passes a check. */
export const recordOf =
  <T>(check: OptionCheck<T>): OptionCheck<Readonly<Record<string, T>>> =>
  (name, value) => {
    if (isObject(value) && !Array.isArray(value)) {
      return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, check(`${name}.${key}`, entry)]));
    }
    throw new ConvoyError('CONVOY_INVALID_OPTION', {
      given: `${name}: ${describeValue(value)}`,
      expected: 'an object',
      fix: `Pass ${name} as an object.`,
    });
  };
