import { describe, expect, it } from 'vitest';
import { GrowingArray } from '../../src/dataset/growing-array.ts';

describe('GrowingArray', () => {
  it('appends numbers in place', () => {
    const numbers = new GrowingArray<Int32Array<SharedArrayBuffer>>(Int32Array);
    numbers.append([-1, 2 ** 31 - 1]);
    const start = numbers.finish();
    for (let i = 0; i < 300_000; i++) numbers.push(i);
    numbers.append(Float32Array.of(7, 8));
    const all = numbers.finish();
    expect(all).toEqual(Int32Array.from([-1, 2 ** 31 - 1, ...Array(300_000).keys(), 7, 8]));
    expect(all.buffer).toBe(start.buffer);
    expect(start).toEqual(Int32Array.of(-1, 2 ** 31 - 1));
    expect(all.buffer.byteLength).toBeLessThan(1.2 * all.byteLength);
  });

  it('without numbers is empty', () => {
    const numbers = new GrowingArray<Uint8Array<SharedArrayBuffer>>(Uint8Array);
    numbers.append([]);
    expect([numbers.length, numbers.finish().length]).toEqual([0, 0]);
  });

  it('cannot be larger than the memory of the machine', () => {
    const numbers = new GrowingArray<Float32Array<SharedArrayBuffer>>(Float32Array);
    numbers.push(1);
    expect(() => numbers.append({ length: 2 ** 45 })).toThrow(
      expect.objectContaining({
        code: 'CONVOY_OUT_OF_MEMORY',
        given: 'data that needs 131072.1 GiB',
        expected: expect.stringMatching(/^no more than the machine has free in one piece, and at most [\d.]+ GiB$/),
      }),
    );
    expect(numbers.finish()).toEqual(Float32Array.of(1));
  });
});
