// The checks of JavaScript's own objects, on objects of this realm and of a node:vm context.
import { runInNewContext, runInThisContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import {
  isArrayBuffer,
  isError,
  isFloat32Array,
  isFloat64Array,
  isInt32Array,
  isIterable,
  isMap,
  isPromise,
  isSharedArrayBuffer,
  isTypedArray,
  isUint8Array,
  typedArrayName,
} from '../src/builtins.ts';

/** Where the value of an expression comes from. */
const origins: readonly [where: string, evaluate: (expression: string) => unknown][] = [
  ['of this realm', runInThisContext],
  ['of another realm', (expression) => runInNewContext(expression)],
  ['cloned', (expression) => structuredClone(runInThisContext(expression))],
];

const kinds: readonly [expression: string, check: (value: unknown) => boolean][] = [
  ['new Float32Array(3)', isFloat32Array],
  ['new Float64Array(3)', isFloat64Array],
  ['new Uint8Array(3)', isUint8Array],
  ['new Int32Array(3)', isInt32Array],
  ['new ArrayBuffer(8)', isArrayBuffer],
  ['new SharedArrayBuffer(8)', isSharedArrayBuffer],
  ['new Map([[1, 2]])', isMap],
  ['new RangeError("no")', isError],
];

describe.each(kinds)('%s', (expression, check) => {
  test.each(origins)('%s', (_, evaluate) => {
    const value = evaluate(expression);
    const recognized = kinds.map(([, one]) => one).filter((one) => one(value));
    expect(recognized).toEqual([check]);
  });
});

test('typed arrays have the name of their constructor, and other values none', () => {
  expect(typedArrayName(runInNewContext('new BigInt64Array(2)'))).toBe('BigInt64Array');
  expect(typedArrayName(Buffer.alloc(2))).toBe('Uint8Array');
  const imitation = { [Symbol.toStringTag]: 'Float32Array', length: 3 };
  for (const value of [imitation, new DataView(new ArrayBuffer(4)), [1], 'text', null, undefined, 3n]) {
    expect(typedArrayName(value)).toBeUndefined();
    expect(isTypedArray(value)).toBe(false);
  }
});

test('promises, iterables, errors', () => {
  expect(isPromise(runInNewContext('Promise.resolve(1)'))).toBe(true);
  expect(isPromise(new Map())).toBe(false);
  expect(isIterable(runInNewContext('new Map()'))).toBe(true);
  for (const value of [{}, 'text', null]) expect(isIterable(value)).toBe(false);
  expect(isError(new DOMException('aborted', 'AbortError'))).toBe(true);
  for (const value of [{}, 'text', null, { name: 'x' }]) expect(isError(value)).toBe(false);
});
