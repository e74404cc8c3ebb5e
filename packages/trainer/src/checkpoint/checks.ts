// Checks of parsed JSON, as small functions that can be combined.
import { describeValue } from '@convoy/tensor/errors';
import { checkpointError } from './checkpoint-error.ts';
import { isRecord } from './exact-json.ts';

/** Where a value was found. */
interface FieldPath {
  /** The name of the file in messages. */
  readonly source: string;
  /** The names of the fields that lead to the value, such as `position.step`. */
  readonly path: string;
}

/** @throws ConvoyError CONVOY_FILE_FORMAT naming the file, the path, and what was expected */
export type Check = (value: unknown, at: FieldPath) => void;

export const count = single(
  'a whole number of 0 or more',
  (value) => Number.isSafeInteger(value) && Number(value) >= 0,
);
export const positiveCount = single(
  'a whole number of 1 or more',
  (value) => Number.isSafeInteger(value) && Number(value) >= 1,
);
export const number = single('a number', (value) => typeof value === 'number');
export const text = single('a text', (value) => typeof value === 'string');
export const flag = single('true or false', (value) => typeof value === 'boolean');
export const anyObject = single('an object', isRecord);

export const optional =
  (check: Check): Check =>
  (value, at) => {
    if (value !== undefined) check(value, at);
  };

export const listOf =
  (check: Check): Check =>
  (value, at) => {
    if (!Array.isArray(value)) throw refusal(value, at, 'a list');
    for (const [i, entry] of value.entries()) check(entry, { ...at, path: `${at.path}[${i}]` });
  };

/** A value, or a list of values. */
export const oneOrMore =
  (check: Check): Check =>
  (value, at) =>
    (Array.isArray(value) ? listOf(check) : check)(value, at);

/** An object with any keys. */
export const recordOf =
  (check: Check): Check =>
  (value, at) => {
    anyObject(value, at);
    for (const [key, field] of Object.entries(value as object)) check(field, inside(at, key));
  };

/** An object with exactly the fields of `T`. The compiler reports a field without a check. */
export const objectOf =
  <T>(fields: Readonly<Record<keyof T & string, Check>>): Check =>
  (value, at) => {
    if (!isRecord(value)) throw refusal(value, at, 'an object');
    const unknownField = Object.keys(value).find((key) => !Object.hasOwn(fields, key));
    if (unknownField !== undefined) throw refusal(value[unknownField], inside(at, unknownField), 'no such field');
    for (const [key, check] of Object.entries<Check>(fields)) {
      check(Object.hasOwn(value, key) ? value[key] : undefined, inside(at, key));
    }
  };

/** A value of one kind. */
export function single(expected: string, holds: (value: unknown) => boolean): Check {
  return (value, at) => {
    if (!holds(value)) throw refusal(value, at, expected);
  };
}

/** Where the state of a callback was found. */
export const stateOf = (callback: string): FieldPath => ({
  source: 'a checkpoint',
  path: `the state of the callback ${describeValue(callback)}`,
});

const inside = ({ source, path }: FieldPath, key: string): FieldPath => ({
  source,
  path: path === '' ? key : `${path}.${key}`,
});

const refusal = (value: unknown, { source, path }: FieldPath, expected: string) =>
  checkpointError(source, `${path}: ${describeValue(value)}`, expected);
