// How error messages show a value that a caller passed: as a short text on one line, for every kind of value.
import { isClass, isObject, isTypedArray, typedArrayName } from '../builtins.ts';

const MAX_LENGTH = 60;
const MAX_ENTRIES = 20;
const MAX_DEPTH = 3;

/** A short text for any value: `2.5`, `"same"`, `[1, 28, 28]`, `a Float32Array of 12`, `undefined`. Never throws. */
export function describeValue(value: unknown): string {
  try {
    return describe(value, MAX_DEPTH);
  } catch {
    // A proxy may throw whatever one asks it.
    return `a value of type ${typeof value}`;
  }
}

/** The name of an option as its function passes it on; callers in JavaScript may pass anything. */
export const describeName = (name: unknown): string => (typeof name === 'string' ? name : describeValue(name));

/** `depth` ends the recursion for arrays that contain themselves. */
function describe(value: unknown, depth: number): string {
  if (typeof value === 'string') return shorten(JSON.stringify(value));
  if (typeof value === 'bigint') return shorten(`${value}n`);
  if (typeof value === 'function') return isClass(value) ? 'a class' : 'a function';
  if (Array.isArray(value)) return depth === 0 ? '[…]' : shorten(`[${describeEntries(value, depth - 1)}]`);
  if (isTypedArray(value)) return `a ${typedArrayName(value)} of ${value.length}`;
  if (ArrayBuffer.isView(value)) return `a DataView of ${value.byteLength}`;
  if (isObject(value)) return `an object (${constructorName(value)})`;
  return String(value);
}

function constructorName(value: object): string {
  const maker: unknown = value.constructor;
  if (maker === undefined) return 'no prototype';
  const name: unknown = typeof maker === 'function' ? maker.name : '';
  return typeof name === 'string' && name !== '' ? name : 'Object';
}

function describeEntries(entries: readonly unknown[], depth: number): string {
  const shown = Array.from(entries.slice(0, MAX_ENTRIES), (entry) => describe(entry, depth));
  return [...shown, ...(entries.length > MAX_ENTRIES ? ['…'] : [])].join(', ');
}

function shorten(text: string): string {
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}…`;
}
