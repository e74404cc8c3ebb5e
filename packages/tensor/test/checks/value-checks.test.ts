import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { positiveInteger } from '../../src/checks/checks.ts';
import { functionOf, listOf, recordOf, text } from '../../src/checks/value-checks.ts';

const refusal = (message: string) =>
  expect.objectContaining({ code: 'CONVOY_INVALID_OPTION', message: expect.stringContaining(message) });

describe('text', () => {
  it('accepts text that is not empty', () => {
    expect(text('file', 'a.csv')).toBe('a.csv');
    for (const value of ['', 5, null, undefined, new String('a'), Symbol('a')]) {
      expect(() => text('file', value)).toThrow(refusal('expected a text that is not empty. Pass file as text.'));
    }
  });
});

describe('functionOf', () => {
  it('accepts functions, also those of another realm', () => {
    for (const value of [() => 1, runInNewContext('() => 1')]) expect(functionOf()('condition', value)).toBe(value);
    for (const value of [null, {}, 'f']) {
      expect(() => functionOf()('condition', value)).toThrow(refusal('expected a function.'));
    }
  });
});

describe('listOf', () => {
  const check = listOf(positiveInteger);
  it('checks each entry, and holes', () => {
    expect(check('sizes', [1, 2])).toEqual([1, 2]);
    expect(check('sizes', runInNewContext('[3]'))).toEqual([3]);
    expect(() => check('sizes', [1, 0])).toThrow(refusal('sizes[1]: 0'));
    expect(() => check('sizes', Array(1))).toThrow(refusal('sizes[0]: undefined'));
    for (const value of [{}, 'ab', new Uint8Array(1), null]) {
      expect(() => check('sizes', value)).toThrow(refusal('expected a list'));
    }
  });
});

describe('recordOf', () => {
  it('checks each value, whatever its key', () => {
    const check = recordOf(positiveInteger);
    expect(check('times', { a: 1 })).toEqual({ a: 1 });
    expect(() => check('times', { a: 1, b: -1 })).toThrow(refusal('times.b: -1'));
    for (const value of [[], null, 5]) expect(() => check('times', value)).toThrow(refusal('expected an object'));
  });
});
