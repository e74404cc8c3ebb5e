// Checks of single options. Each check returns the value, or throws a `ConvoyError` with the code CONVOY_INVALID_OPTION
// that names the option.
import { describeValue } from '../errors/describe-value.ts';
import { ConvoyError } from '../errors/errors.ts';

/** Bounds for `finiteNumber`: `above` and `below` exclude the bound, `atLeast` and `atMost` include it. */
export interface NumberRange {
  readonly above?: number;
  readonly atLeast?: number;
  readonly below?: number;
  readonly atMost?: number;
}

/** The greatest float32 number: 2^128 − 2^104. */
export const MAX_FLOAT32 = 2 ** 128 - 2 ** 104;

/** The greatest whole number that options take, unless they say otherwise: 2^31 − 1, the greatest of kernels. */
const MAX_WHOLE_NUMBER = 2 ** 31 - 1;

/**
 * Checks that an option is a whole number of 1 or more.
 * @param atMost the greatest value; default 2^31 − 1
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export function positiveInteger(name: string, value: unknown, atMost = MAX_WHOLE_NUMBER): number {
  return integerIn(1, atMost, name, value);
}

/**
 * Checks that an option is a whole number of 0 or more.
 * @param atMost the greatest value; default 2^31 − 1
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export function nonNegativeInteger(name: string, value: unknown, atMost = MAX_WHOLE_NUMBER): number {
  return integerIn(0, atMost, name, value);
}

/**
 * Checks that a seed is a whole number from 0 to 2^53 − 1.
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export function checkSeed(name: string, value: unknown): number {
  return nonNegativeInteger(name, value, Number.MAX_SAFE_INTEGER);
}

/**
 * Checks that an option is a number that is not NaN, not infinite, and inside the range if there is one.
 *
 * ```ts
 * finiteNumber('rate', rate, { atLeast: 0, below: 1 });
 * ```
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export function finiteNumber(name: string, value: unknown, range: NumberRange = {}): number {
  if (typeof value === 'number' && Number.isFinite(value) && isInRange(value, range)) return value;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${name}: ${describeValue(value)}`,
    expected: `a finite number${describeRange(range)}`,
    fix: typeof value === 'string' ? `Pass ${name} as a number, not as text.` : `Correct the value of ${name}.`,
  });
}

/**
 * Checks that an option is one of the allowed values.
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export function oneOf<const T extends string | number | boolean>(
  name: string,
  value: unknown,
  allowed: readonly T[],
): T {
  const match = allowed.find((candidate) => candidate === value);
  if (match !== undefined) return match;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${name}: ${describeValue(value)}`,
    expected: allowed.length === 1 ? describeValue(allowed[0]) : `one of ${allowed.map(describeValue).join(', ')}`,
    fix: `Set ${name} to ${allowed.length === 1 ? 'this value' : 'one of these values'}.`,
  });
}

function integerIn(least: number, greatest: number, name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= greatest) return value;
  // Number(…) throws for symbols and some objects.
  const nearest = typeof value === 'number' || typeof value === 'string' ? Math.round(Number(value)) : 1;
  const example = Number.isNaN(nearest) ? 1 : Math.min(greatest, Math.max(least, nearest));
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${name}: ${describeValue(value)}`,
    expected:
      typeof value === 'number' && value > greatest
        ? `a whole number from ${least} to ${greatest}`
        : `a whole number of ${least} or more`,
    fix: `Pass a whole number, for example ${name}: ${example}.`,
  });
}

function isInRange(value: number, { above, atLeast, below, atMost }: NumberRange): boolean {
  return !(
    (above !== undefined && value <= above) ||
    (atLeast !== undefined && value < atLeast) ||
    (below !== undefined && value >= below) ||
    (atMost !== undefined && value > atMost)
  );
}

function describeRange({ above, atLeast, below, atMost }: NumberRange): string {
  const bounds = [
    above !== undefined && `above ${above}`,
    atLeast !== undefined && `of ${atLeast} or more`,
    below !== undefined && `below ${below}`,
    atMost !== undefined && `of at most ${atMost}`,
  ].filter((bound) => bound !== false);
  return bounds.length === 0 ? '' : ` ${bounds.join(' and ')}`;
}
