import { describe, expect, it } from 'vitest';
import {
  checkSeed,
  finiteNumber,
  float32Number,
  nonNegativeInteger,
  oneOf,
  positiveInteger,
} from '../../src/checks/checks.ts';
import { describeValue } from '../../src/errors/describe-value.ts';
import { ConvoyError } from '../../src/errors/errors.ts';

/** The `ConvoyError` that a function throws. */
function errorOf(action: () => unknown): ConvoyError {
  try {
    action();
  } catch (error) {
    if (error instanceof ConvoyError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('integers', () => {
  it('accept whole numbers from their minimum', () => {
    expect(positiveInteger('n', 1)).toBe(1);
    expect(nonNegativeInteger('n', 0)).toBe(0);
    expect(positiveInteger('n', 2 ** 31 - 1)).toBe(2 ** 31 - 1);
    expect(positiveInteger('n', 12, 12)).toBe(12);
    expect(checkSeed('seed', Number.MAX_SAFE_INTEGER)).toBe(Number.MAX_SAFE_INTEGER);
  });

  it.each([
    0,
    -1,
    2.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    2 ** 31,
    '3',
    null,
    undefined,
    3n,
    [3],
    Symbol('s'),
    Object.create(null),
  ])('positiveInteger refuses %s', (value) => {
    expect(errorOf(() => positiveInteger('filters', value)).code).toBe('CONVOY_INVALID_OPTION');
  });

  it('nonNegativeInteger refuses negative numbers and fractions', () => {
    expect(errorOf(() => nonNegativeInteger('padding', -1)).code).toBe('CONVOY_INVALID_OPTION');
    expect(errorOf(() => nonNegativeInteger('padding', 0.5)).code).toBe('CONVOY_INVALID_OPTION');
  });

  it('say what was given, what was expected, and a valid number', () => {
    expect(errorOf(() => positiveInteger('filters', 2.7)).message).toBe(
      'Given filters: 2.7; expected a whole number of 1 or more. Pass a whole number, for example filters: 3.',
    );
    expect(errorOf(() => positiveInteger('filters', '6')).message).toBe(
      'Given filters: "6"; expected a whole number of 1 or more. Pass a whole number, for example filters: 6.',
    );
    expect(errorOf(() => positiveInteger('filters', undefined)).message).toContain('filters: 1.');
    expect(errorOf(() => positiveInteger('filters', 13, 12)).message).toBe(
      'Given filters: 13; expected a whole number from 1 to 12. Pass a whole number, for example filters: 12.',
    );
  });
});

describe('finiteNumber', () => {
  it('accepts numbers in the range, bounds included or not', () => {
    expect(finiteNumber('rate', -2.5)).toBe(-2.5);
    expect(finiteNumber('momentum', 0, { atLeast: 0, below: 1 })).toBe(0);
    expect(finiteNumber('share', 1, { above: 0, atMost: 1 })).toBe(1);
  });

  it('refuses NaN, infinity, text and numbers outside the range', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, '1', undefined]) {
      expect(errorOf(() => finiteNumber('rate', value)).code).toBe('CONVOY_INVALID_OPTION');
    }
    expect(errorOf(() => finiteNumber('momentum', 1, { atLeast: 0, below: 1 })).message).toBe(
      'Given momentum: 1; expected a finite number of 0 or more and below 1. Correct the value of momentum.',
    );
    expect(errorOf(() => finiteNumber('rate', 0, { above: 0 })).expected).toBe('a finite number above 0');
    expect(errorOf(() => finiteNumber('share', 1.1, { atMost: 1 })).expected).toBe('a finite number of at most 1');
    expect(errorOf(() => finiteNumber('share', -0.1, { atLeast: 0 })).expected).toBe('a finite number of 0 or more');
  });
});

describe('float32Number', () => {
  it('accepts numbers that stay in the range when they are rounded', () => {
    expect(float32Number('rate', 0.1, { above: 0, below: 1 })).toBe(0.1);
    expect(float32Number('rate', -3.4e38)).toBe(-3.4e38);
  });

  it.each<[value: number, range: object, rounded: string]>([
    [1e39, {}, 'Infinity'],
    [-1e39, {}, '-Infinity'],
    [1e-46, { above: 0 }, '0'],
    [1 - 1e-9, { below: 1 }, '1'],
  ])('refuses %d in %j', (value, range, rounded) => {
    const error = errorOf(() => float32Number('rate', value, range));
    expect(error.code).toBe('CONVOY_INVALID_OPTION');
    expect(error.given).toBe(`rate: ${value}, which is ${rounded} as float32`);
  });
});

describe('wrong calls of checks', () => {
  it.each<[given: string, check: () => unknown]>([
    ['null as the range of a number', () => finiteNumber('n', 1, null as never)],
    [
      'an object (Object) as the range of a number, with above: "0"',
      () => finiteNumber('n', 1, { above: '0' } as never),
    ],
    ['an object (Object) as the range of a number, with least: 0', () => finiteNumber('n', 1, { least: 0 } as never)],
    ['7 as allowed values', () => oneOf('n', 1, 7 as never)],
    ['Symbol(n): undefined', () => positiveInteger(Symbol('n') as never, undefined)],
  ])('%s', (given, check) => expect(errorOf(check).given).toBe(given));
});

describe('oneOf', () => {
  it('returns the value with the type of the list', () => {
    const padding: 'same' | 'valid' = oneOf('padding', 'same', ['same', 'valid']);
    expect(padding).toBe('same');
  });

  it('lists what is allowed', () => {
    const error = errorOf(() => oneOf('padding', 'sane', ['same', 'valid', 0]));
    expect(error.code).toBe('CONVOY_INVALID_OPTION');
    expect(error.message).toBe(
      'Given padding: "sane"; expected one of "same", "valid", 0. Set padding to one of these values.',
    );
  });
});

describe('describeValue', () => {
  it.each([
    [2.5, '2.5'],
    ['a "b"', '"a \\"b\\""'],
    [undefined, 'undefined'],
    [[1, 'x', null], '[1, "x", null]'],
    [new Float32Array(12), 'a Float32Array of 12'],
    [new DataView(new ArrayBuffer(4)), 'a DataView of 4'],
    [{ a: 1 }, 'an object (Object)'],
    [Object.create(null), 'an object (no prototype)'],
    [Symbol('s'), 'Symbol(s)'],
    [() => 1, 'a function'],
    [{ constructor: null }, 'an object (Object)'],
    [new (class {})(), 'an object (Object)'],
    [Buffer.alloc(3), 'a Uint8Array of 3'],
  ])('%o', (value, text) => {
    expect(describeValue(value)).toBe(text);
  });

  it('describes values that throw when they are asked', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(describeValue(proxy)).toBe('a value of type object');
  });

  it('keeps long values short, and arrays that contain themselves finite', () => {
    const circular: unknown[] = [1];
    circular.push(circular);
    expect(describeValue(circular)).toBe('[1, [1, [1, […]]]]');
    expect(describeValue('x'.repeat(1000)).length).toBeLessThan(70);
    expect(describeValue(Array.from({ length: 100_000 }, (_, i) => i)).length).toBeLessThan(70);
  });
});
