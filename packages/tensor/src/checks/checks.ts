// Checks of single options. Each check returns the value, or throws a `ConvoyError` with the code CONVOY_INVALID_OPTION
// that names the option.
import { isObject } from '../builtins.ts';
import { describeName, describeValue } from '../errors/describe-value.ts';
import { ConvoyError } from '../errors/errors.ts';

/** Bounds for `finiteNumber`: `above` and `below` exclude the bound, `atLeast` and `atMost` include it. */
export interface NumberRange {
  readonly above?: number;
  readonly atLeast?: number;
  readonly below?: number;
  readonly atMost?: number;
}

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
  assertRange(range);
  if (typeof value === 'number' && Number.isFinite(value) && isInRange(value, range)) return value;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${describeName(name)}: ${describeValue(value)}`,
    expected: `a finite number${describeRange(range)}`,
    fix:
      typeof value === 'string'
        ? `Pass ${describeName(name)} as a number, not as text.`
        : `Correct the value of ${describeName(name)}.`,
  });
}

/**
 * The same for a number that kernels get as float32: it must also be finite and in the range when it is rounded to
 * float32. Returns the number as it was given.
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export function float32Number(name: string, value: unknown, range: NumberRange = {}): number {
  const number = finiteNumber(name, value, range);
  const rounded = Math.fround(number);
  if (Number.isFinite(rounded) && isInRange(rounded, range)) return number;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${describeName(name)}: ${describeValue(value)}, which is ${rounded} as float32`,
    expected: `a finite number${describeRange(range)} as float32`,
    fix: 'All numbers of kernels are float32, from about 1.2e-38 to 3.4e38 with 7 digits. Pass such a number.',
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
  if (!Array.isArray(allowed)) throw notAllowed(allowed);
  const match = allowed.find((candidate) => candidate === value);
  if (match !== undefined) return match;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${describeName(name)}: ${describeValue(value)}`,
    expected: allowed.length === 1 ? describeValue(allowed[0]) : `one of ${allowed.map(describeValue).join(', ')}`,
    fix: `Set ${describeName(name)} to ${allowed.length === 1 ? 'this value' : 'one of these values'}.`,
  });
}

const notAllowed = (allowed: unknown) =>
  new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${describeValue(allowed)} as allowed values`,
    expected: 'an array',
    fix: 'Pass the allowed values as an array.',
  });

function integerIn(least: number, greatest: number, name: string, value: unknown): number {
  assertRange({ atMost: greatest });
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= greatest) return value;
  // Number(…) throws for symbols and some objects.
  const nearest = typeof value === 'number' || typeof value === 'string' ? Math.round(Number(value)) : 1;
  const example = Number.isNaN(nearest) ? 1 : Math.min(greatest, Math.max(least, nearest));
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${describeName(name)}: ${describeValue(value)}`,
    expected:
      typeof value === 'number' && value > greatest
        ? `a whole number from ${least} to ${greatest}`
        : `a whole number of ${least} or more`,
    fix: `Pass a whole number, for example ${describeName(name)}: ${example}.`,
  });
}

const BOUNDS = ['above', 'atLeast', 'below', 'atMost'];

/** Ranges are written by those who define layers and losses: a wrong bound must not let every number pass. */
function assertRange(range: unknown): void {
  const wrong = isObject(range) ? Object.entries(range).find(isWrongBound) : [];
  if (wrong === undefined) return;
  const [name, bound] = wrong;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${describeValue(range)} as the range of a number${name === undefined ? '' : `, with ${name}: ${describeValue(bound)}`}`,
    expected: `an object with numbers as ${BOUNDS.join(', ')}`,
    fix: 'Pass for example { atLeast: 0, below: 1 }.',
  });
}

const isWrongBound = ([name, bound]: [string, unknown]): boolean =>
  !BOUNDS.includes(name) || (bound !== undefined && typeof bound !== 'number');

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
