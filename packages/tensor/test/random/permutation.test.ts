import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Permutation } from '../../src/random/permutation.ts';

const orderOf = (permutation: Permutation) => Array.from({ length: permutation.length }, (_, i) => permutation.at(i));

/** Σ (count − expected)² / expected over equally likely outcomes, including outcomes that were never seen. */
function chiSquare(counts: Map<string | number, number>, outcomes: number, trials: number): number {
  const expected = trials / outcomes;
  const unseen = (outcomes - counts.size) * expected;
  return [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, unseen);
}

function count<T extends string | number>(values: Iterable<T>): Map<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

describe('Permutation', () => {
  it('is a bijection for every length', () => {
    const lengths = [1, 2, 3, 4, 5, 7, 8, 63, 64, 65, 127, 128, 129, 1000, 65_535, 65_536, 65_537];
    for (const length of lengths) {
      expect(orderOf(new Permutation(1, 'shuffle', 0, length)).sort((a, b) => a - b)).toEqual(
        Array.from({ length }, (_, i) => i),
      );
    }
    const any = fc.tuple(fc.nat({ max: 2 ** 31 - 1 }), fc.string(), fc.nat(), fc.integer({ min: 1, max: 3000 }));
    fc.assert(
      fc.property(any, ([seed, purpose, epoch, length]) => {
        const seen = new Set(orderOf(new Permutation(seed, purpose, epoch, length)));
        expect(seen.size).toBe(length);
        expect(Math.max(...seen)).toBe(length - 1);
        expect(Math.min(...seen)).toBe(0);
      }),
    );
  });

  it('stays inside the largest lengths', () => {
    for (const length of [2 ** 31 - 1, 2 ** 31, 2 ** 32 - 5, 2 ** 32]) {
      const permutation = new Permutation(2, 'shuffle', 0, length);
      const positions = [0, 1, 2 ** 30, 2 ** 31 - 3, length - 1];
      const numbers = positions.map((position) => permutation.at(position));
      expect(new Set(numbers).size).toBe(positions.length);
      for (const number of numbers) expect(Number.isInteger(number) && number >= 0 && number < length).toBe(true);
    }
  });

  it('has the same order everywhere', () => {
    // A second implementation, with the unbounded integers of Python, gives the same numbers.
    expect(orderOf(new Permutation(1, 'shuffle', 0, 12))).toEqual([4, 0, 6, 7, 3, 9, 1, 11, 10, 2, 8, 5]);
    const large = new Permutation(1, 'shuffle', 2, 60_000);
    expect([0, 1, 2, 59_999].map((position) => large.at(position))).toEqual([41702, 17801, 34541, 16937]);
  });

  it('gives another order for another seed, purpose and epoch', () => {
    const orders = [
      new Permutation(1, 'shuffle', 0, 50),
      new Permutation(2, 'shuffle', 0, 50),
      new Permutation(1, 'split', 0, 50),
      new Permutation(1, 'shuffle', 1, 50),
    ].map((permutation) => orderOf(permutation).join());
    expect(new Set(orders).size).toBe(4);
  });

  // Chance exceeds these bounds of chi-square for one seed in 10 000. The seeds are fixed.
  it.each([
    [2, 2, 15.1],
    [3, 6, 25.7],
    [4, 24, 58.6],
    [5, 120, 184.4],
  ])('all orders of %i are equally likely', (length, orders, bound) => {
    const trials = orders * 500;
    const seen = Array.from({ length: trials }, (_, epoch) =>
      orderOf(new Permutation(7, 'shuffle', epoch, length)).join(),
    );
    expect(chiSquare(count(seen), orders, trials)).toBeLessThan(bound);
  });

  it.each([64, 100, 1000])('any number of %i is equally likely at any position', (length) => {
    const trials = length * 100;
    // The mean of chi-square is length − 1. The bound is four standard deviations √(2 (length − 1)) above.
    const bound = length - 1 + 4 * Math.sqrt(2 * (length - 1));
    for (const position of [0, 1, length >> 1, length - 1]) {
      const seen = Array.from({ length: trials }, (_, epoch) =>
        new Permutation(5, 'shuffle', epoch, length).at(position),
      );
      expect(chiSquare(count(seen), length, trials), `position ${position}`).toBeLessThan(bound);
    }
  });

  it('is as often odd as even', () => {
    const isOdd = (order: number[]) => order.flatMap((a, i) => order.slice(i + 1).filter((b) => b < a)).length % 2;
    for (const length of [64, 65]) {
      const odd = Array.from({ length: 1000 }, (_, epoch) =>
        isOdd(orderOf(new Permutation(3, 'shuffle', epoch, length))),
      );
      expect(Math.abs(odd.reduce((sum, one) => sum + one, 0) - 500)).toBeLessThan(64); // four standard deviations
    }
  });

  it('leaves no trace of the original order or of the previous epoch', () => {
    const length = 60_000;
    const epochs = [0, 1, 2, 3].map((epoch) => orderOf(new Permutation(1, 'shuffle', epoch, length)));
    for (const [epoch, order] of epochs.entries()) {
      const next = epochs[(epoch + 1) % epochs.length] as number[];
      // In a random order each of these is a Poisson variable of mean 1.
      expect(order.filter((number, position) => number === position).length).toBeLessThan(8);
      expect(order.filter((number, position) => number + 1 === order[position + 1]).length).toBeLessThan(8);
      expect(order.filter((number, position) => number === next[position]).length).toBeLessThan(8);
      // The correlation of neighbors has the standard deviation 1/√length = 0.004.
      expect(Math.abs(correlation(order.slice(1), order.slice(0, -1)))).toBeLessThan(0.016);
      expect(Math.abs(correlation(order, next))).toBeLessThan(0.016);
    }
  });

  it.each([-1, 12, 0.5, Number.NaN, 2 ** 32])('refuses position %s of 12', (position) => {
    expect(() => new Permutation(1, 'shuffle', 0, 12).at(position)).toThrow(
      expect.objectContaining({ code: 'CONVOY_INDEX_OUT_OF_RANGE' }),
    );
  });

  it.each([0, -1, 1.5, 2 ** 32 + 1])('refuses length %s', (length) => {
    expect(() => new Permutation(1, 'shuffle', 0, length)).toThrow(
      expect.objectContaining({ code: 'CONVOY_INVALID_OPTION' }),
    );
  });
});

function correlation(a: number[], b: number[]): number {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const covariance = mean(a.map((value, i) => (value - meanA) * ((b[i] as number) - meanB)));
  const variance = (values: number[], m: number) => mean(values.map((value) => (value - m) ** 2));
  return covariance / Math.sqrt(variance(a, meanA) * variance(b, meanB));
}
