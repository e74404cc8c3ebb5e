// The cache of kernels while a model is compiled.
import { elu, identity, kernel, relu } from '@convoy/kernels';
import { describe, expect, test } from 'vitest';
import { KernelCache } from '../src/compile/kernel-cache.ts';

const made: unknown[][] = [];
const family = (...given: unknown[]) => {
  made.push(given);
  return kernel('family', {}, () => {});
};
const other = (...given: unknown[]) => family(...given);

describe('a cache of kernels', () => {
  test('makes a kernel once for the same arguments', () => {
    const { get } = new KernelCache();
    const first = get(family, { channels: 3, area: 4 }, { activation: relu });
    const before = made.length;
    expect(get(family, { channels: 3, area: 4 }, { activation: relu })).toBe(first);
    expect(made.length).toBe(before);
  });

  test.each([
    ['another family', [other, 1, 0], [family, 1, 0]],
    ['another number', [family, { channels: 3 }], [family, { channels: 4 }]],
    ['another activation', [family, relu], [family, identity]],
    ['another parameter of an activation', [family, elu(0.5)], [family, elu(0.25)]],
    ['an argument more', [family, 1], [family, 1, true]],
    ['another sign of zero', [family, 0], [family, -0]],
    ['infinity', [family, Number.POSITIVE_INFINITY], [family, Number.NEGATIVE_INFINITY]],
  ] as const)('makes another one for %s', (_, [first, ...a], [second, ...b]) => {
    const { get } = new KernelCache();
    expect(get(second, ...b)).not.toBe(get(first, ...a));
  });

  test('removes the kernel that has been unused for longest', () => {
    const { get } = new KernelCache();
    const [used, unused] = [get(family, 'used'), get(family, 'unused')];
    for (let i = 0; i < 40; i++) {
      get(family, i);
      expect(get(family, 'used')).toBe(used);
    }
    expect(get(family, 'unused')).not.toBe(unused);
  });
});
