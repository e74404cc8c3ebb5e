import { expect, test } from 'vitest';
import { LruCache } from '../src/lru-cache.ts';

test('creates a value once and removes the least recently used one', () => {
  const created: string[] = [];
  const cache = new LruCache<string, { key: string }>(2);
  const get = (key: string) =>
    cache.getOrCreate(key, () => {
      created.push(key);
      return { key };
    });
  const a = get('a');
  get('b');
  expect(get('a')).toBe(a);
  get('c'); // removes b
  expect(get('a')).toBe(a);
  expect(created).toEqual(['a', 'b', 'c']);
  get('b'); // removes c
  expect(get('b').key).toBe('b');
  expect(created).toEqual(['a', 'b', 'c', 'b']);
  expect(cache.size).toBe(2);
});

test('keeps nothing when a value cannot be created', () => {
  const cache = new LruCache<string, object>(2);
  const fail = () => {
    throw new Error('not today');
  };
  expect(() => cache.getOrCreate('a', fail)).toThrow('not today');
  expect(cache.size).toBe(0);
});

test('returns the value that it removes, and 0 is a value', () => {
  const cache = new LruCache<object, number>(2);
  const [first, second, third] = [{}, {}, {}];
  expect(cache.set(first, 0)).toBeUndefined();
  expect(cache.set(second, 1)).toBeUndefined();
  expect(cache.get(first)).toBe(0);
  expect(cache.set(third, 2)).toBe(1);
  expect(cache.get(second)).toBeUndefined();
  expect(cache.set(third, 3)).toBeUndefined();
  expect(cache.set(second, 4)).toBe(0);
  expect(cache.size).toBe(2);
});

test('removes a key, or the least recently used one, on request', () => {
  const cache = new LruCache<string, number>(3);
  for (const [number, key] of ['a', 'b', 'c'].entries()) cache.set(key, number);
  cache.get('a');
  expect([...cache.values()]).toEqual([1, 2, 0]);
  expect(cache.delete('c')).toBe(2);
  expect(cache.delete('c')).toBeUndefined();
  expect(cache.deleteOldest()).toBe(1);
  expect(cache.deleteOldest()).toBe(0);
  expect(cache.deleteOldest()).toBeUndefined();
});
