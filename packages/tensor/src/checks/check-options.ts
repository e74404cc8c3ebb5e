// The check of all options of a function at once: a table with one check for each option. An option without a check is
// unknown, and is rejected.

import { isIterable, isObject, isPromise } from '../builtins.ts';
import { describeValue } from '../errors/describe-value.ts';
import { ConvoyError } from '../errors/errors.ts';
import { finiteNumber, float32Number, type NumberRange, oneOf } from './checks.ts';
import { adviceFor } from './option-advice.ts';

/**
 * Checks the value of one option, which is `undefined` if the option is missing. Returns the checked value.
 * @throws ConvoyError CONVOY_INVALID_OPTION that names the option
 */
export type OptionCheck<T = unknown> = (name: string, value: unknown) => T;

/** One check for each option. */
export type OptionChecks<Options> = { readonly [Name in keyof Required<Options>]: OptionCheck };

/** What the checks return, by the names of the options. */
export type CheckedOptions<Checks> = {
  readonly [Name in keyof Checks]: Checks[Name] extends OptionCheck<infer T> ? T : never;
};

/** A table with one check for each option, and no others. */
export type ExactChecks<Options, Checks> = Checks & {
  readonly [Name in Exclude<keyof Checks, keyof Options>]: never;
};

/** Checks options with a table, and returns the checked values. */
export type OptionChecker<Options> = <Checks extends OptionChecks<Options>>(
  checks: ExactChecks<Options, Checks>,
) => CheckedOptions<Checks>;

/** The parameters of a function with options: none is needed if each option is optional. */
export type OptionsParameter<Options> = object extends Options ? [options?: Options] : [options: Options];

/**
 * Checks the options of a function. Missing options (`undefined`) are the same as `{}`.
 *
 * ```ts
 * const { size, rate } = checkOptions('pool', options, {
 *   size: positiveInteger,
 *   rate: optional(numberIn({ atLeast: 0 }), 1),
 * });
 * ```
 * @param of the function, as its user writes it
 * @throws ConvoyError CONVOY_INVALID_OPTION if the options are not an object, one of them is unknown, or a check fails
 */
export const checkOptions = <Options extends object, Checks extends OptionChecks<Options>>(
  of: string,
  options: Options | undefined,
  checks: ExactChecks<Options, Checks>,
): CheckedOptions<Checks> => optionChecker<Options>(of, options)<Checks>(checks);

/**
 * A function that checks these options with a table, for definitions that provide the table.
 * @param of the function, as its user writes it
 * @param common options that are known too, and are checked elsewhere
 */
export function optionChecker<Options>(
  of: string,
  options: unknown,
  common: readonly string[] = [],
): OptionChecker<Options> {
  return <Checks extends OptionChecks<Options>>(checks: ExactChecks<Options, Checks>) =>
    checkValues<Checks>(checkNames(of, options, [...Object.keys(checks), ...common]), checks);
}

/**
 * Checks only the values of options, not their names.
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export function checkValues<Checks extends Readonly<Record<string, OptionCheck>>>(
  options: Readonly<Record<string, unknown>>,
  checks: Checks,
): CheckedOptions<Checks> {
  const checked = Object.entries(checks).map(([name, check]) => [name, check(name, options[name])]);
  return Object.fromEntries(checked) as CheckedOptions<Checks>;
}

function checkNames(of: string, options: unknown, known: readonly string[]): Readonly<Record<string, unknown>> {
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

/** The check of an option that may be missing; its value is then the default. */
export function optional<T>(check: OptionCheck<T>): OptionCheck<T | undefined>;
export function optional<T>(check: OptionCheck<T>, defaultValue: T): OptionCheck<T>;
export function optional<T>(check: OptionCheck<T>, defaultValue?: T): OptionCheck<T | undefined> {
  return (name, value) => (value === undefined ? defaultValue : check(name, value));
}

/** The check of an option that is a finite number in a range. */
export const numberIn =
  (range: NumberRange): OptionCheck<number> =>
  (name, value) =>
    finiteNumber(name, value, range);

/**
 * The check of an option that kernels get as a float32 number. It must also be finite and in the range when it is
 * rounded: 1e40 becomes infinite, 1e-50 becomes 0, and 1 − 1e-9 becomes 1.
 */
export const float32In =
  (range: NumberRange): OptionCheck<number> =>
  (name, value) =>
    float32Number(name, value, range);

/** The check of an option that is one of these values. */
export const choiceOf =
  <const T extends string | number | boolean>(...allowed: readonly T[]): OptionCheck<T> =>
  (name, value) =>
    oneOf(name, value, allowed);

/** The check of an option that is true or false. */
export const flag: OptionCheck<boolean> = choiceOf(true, false);
