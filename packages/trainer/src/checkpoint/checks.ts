// Checks of parsed JSON against what it should be, as small functions that combine.
import { describeValue } from '@convoy/tensor/errors';
import { checkpointError } from './checkpoint-error.ts';
import { isRecord } from './exact-json.ts';

/** Where a value stands: in which file, and under which path of fields. */
interface Place {
  readonly source: string;
  readonly path: string;
}

/** @throws ConvoyError CONVOY_FILE_FORMAT naming the file, the path, and what was expected */
export type Check = (value: unknown, place: Place) => void;

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
  (value, place) => {
    if (value !== undefined) check(value, place);
  };

export const listOf =
  (check: Check): Check =>
  (value, place) => {
    if (!Array.isArray(value)) throw refusal(value, place, 'a list');
    for (const [i, entry] of value.entries()) check(entry, { ...place, path: `${place.path}[${i}]` });
  };

/** A value, or a list of such. */
export const oneOrMore =
  (check: Check): Check =>
  (value, place) =>
    (Array.isArray(value) ? listOf(check) : check)(value, place);

/** An object with any keys. */
export const recordOf =
  (check: Check): Check =>
  (value, place) => {
    anyObject(value, place);
    for (const [key, field] of Object.entries(value as object)) check(field, inside(place, key));
  };

/** An object with exactly the fields of `T`, whose checks the compiler therefore knows to be complete. */
export const objectOf =
  <T>(fields: Readonly<Record<keyof T & string, Check>>): Check =>
  (value, place) => {
    if (!isRecord(value)) throw refusal(value, place, 'an object');
    const stranger = Object.keys(value).find((key) => !Object.hasOwn(fields, key));
    if (stranger !== undefined) throw refusal(value[stranger], inside(place, stranger), 'no such field');
    for (const [key, check] of Object.entries<Check>(fields)) {
      check(Object.hasOwn(value, key) ? value[key] : undefined, inside(place, key));
    }
  };

function single(expected: string, holds: (value: unknown) => boolean): Check {
  return (value, place) => {
    if (!holds(value)) throw refusal(value, place, expected);
  };
}

const inside = ({ source, path }: Place, key: string): Place => ({
  source,
  path: path === '' ? key : `${path}.${key}`,
});

const refusal = (value: unknown, { source, path }: Place, expected: string) =>
  checkpointError(source, `${path}: ${describeValue(value)}`, expected);
