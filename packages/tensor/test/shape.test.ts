import { describe, expect, it } from 'vitest';
import { assertShape, formatShape, isShape, sameShape, sizeOf, stridesOf } from '../src/shape.ts';

describe('shape', () => {
  it('counts elements', () => {
    expect(sizeOf([])).toBe(1);
    expect(sizeOf([5])).toBe(5);
    expect(sizeOf([2, 3, 4])).toBe(24);
    expect(sizeOf([2, 0, 4])).toBe(0);
  });

  it('gives row-major strides', () => {
    expect(stridesOf([])).toEqual([]);
    expect(stridesOf([5])).toEqual([1]);
    expect(stridesOf([2, 3, 4, 5])).toEqual([60, 20, 5, 1]);
  });

  it('compares and formats', () => {
    expect(sameShape([1, 28, 28], [1, 28, 28])).toBe(true);
    expect(sameShape([1, 28], [28, 1])).toBe(false);
    expect(sameShape([1, 28], [1, 28, 1])).toBe(false);
    expect(sameShape([1, 28, 1], [1, 28])).toBe(false);
    expect(formatShape([1, 28, 28])).toBe('[1, 28, 28]');
    expect(formatShape([])).toBe('[]');
  });

  it.each([
    [[-1]],
    [[1.5]],
    [[Number.NaN]],
    [['3']],
    [[2 ** 30, 2 ** 30]],
    [new Array(2)],
    ['3'],
    [3],
    [null],
    [new Float32Array(2)],
  ])('refuses %o', (value: unknown) => {
    expect(isShape(value)).toBe(false);
    expect(() => assertShape(value)).toThrow(expect.objectContaining({ code: 'CONVOY_INVALID_SHAPE' }));
  });

  it('names the wrong dimension', () => {
    expect(() => assertShape([1, 28, -28], 'sampleShape')).toThrow(
      'Given sampleShape: [1, 28, -28], wrong in dimension 2; expected an array of whole numbers of 0 or more. ' +
        'Pass a shape such as [1, 28, 28].',
    );
    expect(() => assertShape([2 ** 30, 2 ** 30])).toThrow('at most 2^53 - 1 elements');
  });
});
