import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { ConvoyErrorCode } from '../src/errors/errors.ts';
import type { NestedNumbers } from '../src/nested-numbers.ts';
import { full, isTensor, Tensor, tensor, zeros } from '../src/tensor.ts';

const withCode = (code: ConvoyErrorCode) => expect.objectContaining({ code });

describe('tensor', () => {
  it('copies nested arrays in row-major order', () => {
    const t = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(t.shape).toEqual([2, 3]);
    expect([...t.data]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([t.size, t.rank]).toEqual([6, 2]);
  });

  it('takes a number as a scalar, flat arrays under another shape, and empty arrays', () => {
    expect(tensor(2.5)).toMatchObject({ shape: [], size: 1, rank: 0 });
    expect(tensor(2.5).at()).toBe(2.5);
    expect(tensor([1, 2, 3, 4], [2, 2]).at(1, 0)).toBe(3);
    expect(tensor([[], []]).shape).toEqual([2, 0]);
  });

  it('views a Float32Array, also over shared memory', () => {
    const data = new Float32Array(new SharedArrayBuffer(16));
    const t = tensor(data, [2, 2]);
    t.set(7, 1, 0);
    expect(data[2]).toBe(7);
    expect(t.data.buffer).toBe(data.buffer);
    expect(tensor(data).shape).toEqual([4]);
  });

  it.each<[string, unknown]>([
    ['uneven rows', [[1, 2], [3]]],
    ['a number next to an array', [[1], 2]],
    ['an array next to a number', [1, [2]]],
    ['text', [1, '2']],
    ['a hole', [1, undefined]],
  ])('refuses %s', (_, values) => {
    expect(() => tensor(values as NestedNumbers)).toThrow(withCode('CONVOY_INVALID_DATA'));
  });

  it('refuses data of another length, of another type, and wrong shapes', () => {
    expect(() => tensor([1, 2, 3], [2, 2])).toThrow(withCode('CONVOY_SHAPE_MISMATCH'));
    expect(() => tensor([1, 2, 3], [2, 2])).toThrow('Given 3 elements for the shape [2, 2]; expected 4 elements.');
    expect(() => new Tensor([1, 2] as unknown as Float32Array, [2])).toThrow(withCode('CONVOY_INVALID_DATA'));
    expect(() => new Tensor(new Float32Array(2), [-2, -1])).toThrow(withCode('CONVOY_INVALID_SHAPE'));
    expect(() => zeros([2, -1])).toThrow(withCode('CONVOY_INVALID_SHAPE'));
  });

  it('keeps its shape from being changed', () => {
    const shape = [2, 3];
    const t = zeros(shape);
    shape[0] = 5;
    expect(t.shape).toEqual([2, 3]);
    expect(() => (t.shape as number[]).push(1)).toThrow(TypeError);
  });
});

describe('wrong values', () => {
  const circular: unknown[] = [];
  circular.push(circular);

  it.each<[given: string, code: ConvoyErrorCode, make: () => unknown]>([
    ['a Uint8Array of 2 as values', 'CONVOY_INVALID_DATA', () => tensor(new Uint8Array(2) as never)],
    ['undefined as values', 'CONVOY_INVALID_DATA', () => tensor(undefined as never)],
    [`[[[[…]]]] at values${'[0]'.repeat(32)}`, 'CONVOY_INVALID_DATA', () => tensor(circular as never)],
    ['shape: null', 'CONVOY_INVALID_SHAPE', () => zeros(null as never)],
    ['a tensor of shape [1099511627776] that needs 4096 GiB', 'CONVOY_OUT_OF_MEMORY', () => zeros([2 ** 40])],
    ['a tensor of shape [2, 2147483647] that needs 16 GiB', 'CONVOY_OUT_OF_MEMORY', () => full([2, 2 ** 31 - 1], 1)],
    ['"1" as an element', 'CONVOY_INVALID_DATA', () => full([2], '1' as never)],
    ['7n as an element', 'CONVOY_INVALID_DATA', () => zeros([2]).set(7n as never, 0)],
    ['slice(Symbol(s), 2)', 'CONVOY_INDEX_OUT_OF_RANGE', () => zeros([2]).slice(Symbol('s') as never)],
    ['slice(0, 7n)', 'CONVOY_INDEX_OUT_OF_RANGE', () => zeros([2]).slice(0, 7n as never)],
  ])('%s', (given, code, make) => {
    expect(make).toThrow(withCode(code));
    expect(make).toThrow(`Given ${given}`);
  });
});

describe('isTensor', () => {
  it('recognizes tensors, also of another copy of the module, and nothing else', async () => {
    vi.resetModules();
    const other = await import('../src/tensor.ts');
    const foreign = other.zeros([2]);
    expect(foreign).not.toBeInstanceOf(Tensor);
    expect([zeros([]), foreign].map(isTensor)).toEqual([true, true]);
    const { shape, data } = zeros([2]);
    expect([null, undefined, 3, {}, { shape, data }, structuredClone(foreign)].map(isTensor)).toEqual(
      Array(6).fill(false),
    );
  });
});

describe('zeros and full', () => {
  it('fill', () => {
    expect(zeros([2, 2]).toArray()).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(full([3], 0.1).toArray()).toEqual(Array(3).fill(Math.fround(0.1)));
  });
});

describe('Tensor', () => {
  const counting = (shape: number[]) => {
    const t = zeros(shape);
    return tensor(
      t.data.map((_, i) => i),
      shape,
    );
  };

  it('reads and writes by index', () => {
    const t = counting([2, 3, 4]);
    expect(t.at(0, 0, 0)).toBe(0);
    expect(t.at(1, 2, 3)).toBe(23);
    expect(t.at(1, 0, 2)).toBe(14);
    t.set(0.1, 1, 0, 2);
    expect(t.data[14]).toBe(Math.fround(0.1));
  });

  it.each([[[2, 0]], [[0, 3]], [[-1, 0]], [[0, 0.5]], [[0]], [[0, 0, 0]], [[0, Number.NaN]]])(
    'refuses the indices %j',
    (indices) => {
      const t = counting([2, 3]);
      expect(() => t.at(...indices)).toThrow(withCode('CONVOY_INDEX_OUT_OF_RANGE'));
      expect(() => t.set(1, ...indices)).toThrow(withCode('CONVOY_INDEX_OUT_OF_RANGE'));
    },
  );

  it('shares memory with its reshaped and sliced views, not with its clone', () => {
    const t = counting([4, 2]);
    const reshaped = t.reshape([2, 4]);
    const rows = t.slice(1, 3);
    const copy = t.clone();
    t.set(100, 1, 1);
    expect(reshaped.at(0, 3)).toBe(100);
    expect(rows.toArray()).toEqual([
      [2, 100],
      [4, 5],
    ]);
    expect(copy.at(1, 1)).toBe(3);
    expect(() => t.reshape([3, 3])).toThrow(withCode('CONVOY_SHAPE_MISMATCH'));
  });

  it('slices to the end, to nothing, and never outside', () => {
    const t = counting([4, 2]);
    expect(t.slice(3).toArray()).toEqual([[6, 7]]);
    expect(t.slice(4).shape).toEqual([0, 2]);
    expect(t.slice(0, 0).shape).toEqual([0, 2]);
    for (const [start, end] of [
      [0, 5],
      [-1, 2],
      [3, 2],
      [0.5, 2],
      [5, 5],
    ] as const) {
      expect(() => t.slice(start, end)).toThrow(withCode('CONVOY_INDEX_OUT_OF_RANGE'));
    }
    expect(() => tensor(1).slice(0)).toThrow('expected at least one dimension');
  });

  it('returns the nested arrays that it was created from', () => {
    const nested = fc
      .array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 })
      .map((shape) => counting(shape));
    fc.assert(
      fc.property(nested, (t) => {
        // Nested arrays cannot show the extents after an extent of 0.
        const visible = t.shape.includes(0) ? t.shape.slice(0, t.shape.indexOf(0) + 1) : t.shape;
        const again = tensor(t.toArray());
        expect(again.shape).toEqual(visible);
        expect(again.data).toEqual(t.data);
      }),
    );
    expect(tensor(3).toArray()).toBe(3);
  });

  it('crosses threads as plain data, shared memory staying shared', () => {
    const t = tensor(new Float32Array(new SharedArrayBuffer(16)), [2, 2]);
    const { data, shape } = structuredClone({ data: t.data, shape: t.shape });
    expect(structuredClone(t)).toEqual({ data: t.data, shape: [2, 2] });
    new Tensor(data, shape).set(9, 1, 1);
    expect(t.at(1, 1)).toBe(9);
  });
});
