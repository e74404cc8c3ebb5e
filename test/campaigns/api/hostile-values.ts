// Values that a user may pass by mistake, for any argument or option.
import { runInNewContext } from 'node:vm';
import { tensor, zeros } from '@convoy/tensor';

/** What a function of the user throws. A function of Convoy may pass it on. */
export class UserError extends Error {}

const cyclic = (): unknown => {
  const list: unknown[] = [1];
  list.push(list);
  return list;
};

const cyclicObject = (): unknown => {
  const object: { self?: unknown } = {};
  object.self = object;
  return object;
};

/** Each with a label for reports. */
export const hostileValues: readonly (readonly [label: string, value: () => unknown])[] = [
  ['undefined', () => undefined],
  ['null', () => null],
  ['true', () => true],
  ['false', () => false],
  ['0', () => 0],
  ['-0', () => -0],
  ['1', () => 1],
  ['-1', () => -1],
  ['0.5', () => 0.5],
  ['-0.5', () => -0.5],
  ['3', () => 3],
  ['1e-320', () => 1e-320],
  ['1e-46', () => 1e-46],
  ['1e39', () => 1e39],
  ['1e308', () => 1e308],
  ['NaN', () => Number.NaN],
  ['Infinity', () => Number.POSITIVE_INFINITY],
  ['-Infinity', () => Number.NEGATIVE_INFINITY],
  ['2^20', () => 2 ** 20],
  ['2^31 - 1', () => 2 ** 31 - 1],
  ['2^31', () => 2 ** 31],
  ['2^32', () => 2 ** 32],
  ['2^53', () => 2 ** 53],
  ['a bigint', () => 3n],
  ['an empty text', () => ''],
  ['a text', () => 'text'],
  ['a number as text', () => '1'],
  ['a long text', () => 'x'.repeat(100_000)],
  ['a text with a NUL', () => 'a\0b'],
  ['a symbol', () => Symbol('symbol')],
  ['an empty list', () => []],
  ['[1]', () => [1]],
  ['[1, 2]', () => [1, 2]],
  ['[1, 2, 3]', () => [1, 2, 3]],
  ['[[1], [2, 3]]', () => [[1], [2, 3]]],
  ['[null]', () => [null]],
  ['["a"]', () => ['a']],
  ['a sparse list', () => new Array(3)],
  ['a cyclic list', cyclic],
  ['an empty object', () => ({})],
  ['an object', () => ({ a: 1 })],
  ['an object without a prototype', () => Object.create(null)],
  ['a cyclic object', cyclicObject],
  ['an object with a length', () => ({ length: 2 })],
  ['an object with a great length', () => ({ length: 2 ** 32 })],
  ['an object with a type', () => ({ type: 'conv2d' })],
  ['an object with type and settings', () => ({ type: 'nothing', settings: {} })],
  ['a function', () => () => undefined],
  ['a function that returns NaN', () => () => Number.NaN],
  ['a function that returns -1', () => () => -1],
  ['a function that returns a text', () => () => 'text'],
  ['a function that returns null', () => () => null],
  [
    'a function that throws',
    () => () => {
      throw new UserError('thrown');
    },
  ],
  [
    'a function that rejects',
    () => async () => {
      throw new UserError('rejected');
    },
  ],
  ['a class', () => class {}],
  ['a date', () => new Date(0)],
  ['a regular expression', () => /a/],
  ['an error', () => new Error('an error')],
  ['a promise', () => Promise.resolve(1)],
  ['a map', () => new Map([['a', 1]])],
  ['a set', () => new Set([1])],
  ['a Float32Array', () => new Float32Array(6)],
  ['a Float32Array of NaN', () => new Float32Array(6).fill(Number.NaN)],
  ['a Float64Array', () => new Float64Array(6)],
  ['a Uint8Array', () => new Uint8Array(6)],
  ['an empty Float32Array', () => new Float32Array(0)],
  ['a BigInt64Array', () => new BigInt64Array(6)],
  ['a DataView', () => new DataView(new ArrayBuffer(8))],
  ['an ArrayBuffer', () => new ArrayBuffer(8)],
  ['a SharedArrayBuffer', () => new SharedArrayBuffer(8)],
  ['a Float32Array of another realm', () => runInNewContext('new Float32Array(6)')],
  ['an object of another realm', () => runInNewContext('({})')],
  ['a scalar tensor', () => tensor(1)],
  ['a tensor', () => zeros([2, 3])],
  ['an empty tensor', () => zeros([0, 3])],
  ['a tensor of four dimensions', () => zeros([2, 3, 4, 4])],
  ['an abort signal', () => AbortSignal.abort()],
];
