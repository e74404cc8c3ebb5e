// JSON that keeps every float64. JSON has no NaN and no infinities, and JSON.stringify writes −0 as 0: here they become { "$number": "NaN" }.
import { ConvoyError } from '@convoy/tensor';
import { describeValue } from '@convoy/tensor/errors';

const NUMBER = '$number';

/**
 * The text of plain data: null, booleans, strings, numbers, arrays and plain objects of them. A field that is undefined is left out.
 * @param name the name of the value in a message
 * @throws ConvoyError CONVOY_INVALID_DATA with the path of a value that is none of these
 */
export const toExactJson = (name: string, value: unknown): string => JSON.stringify(encode(name, value));

/** @throws SyntaxError */
export const fromExactJson = (text: string): unknown =>
  JSON.parse(text, (_, value) => (isRecord(value) && NUMBER in value ? Number(value[NUMBER]) : value));

/** Any object except an array. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function encode(name: string, value: unknown): unknown {
  if (typeof value === 'number') return encodeNumber(value);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  // `Array.from` also visits holes, which JSON would turn into null.
  if (Array.isArray(value)) return Array.from(value, (entry, i) => encode(`${name}[${i}]`, entry));
  if (isPlainObject(value) && !(NUMBER in value)) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    return Object.fromEntries(fields.map(([key, field]) => [key, encode(`${name}.${key}`, field)]));
  }
  throw new ConvoyError('CONVOY_INVALID_DATA', {
    given: `${name}: ${describeValue(value)}`,
    expected: `a value that JSON can hold: null, booleans, numbers, strings, arrays, and plain objects without a key ${NUMBER}`,
    fix: 'Convert it, for example typed arrays with Array.from(…) and maps with Object.fromEntries(…).',
  });
}

function encodeNumber(value: number): unknown {
  if (Object.is(value, -0)) return { [NUMBER]: '-0' };
  return Number.isFinite(value) ? value : { [NUMBER]: String(value) };
}

/** An object that is neither an array nor an instance of a class; its prototype may be the `Object.prototype` of another realm. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isRecord(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
