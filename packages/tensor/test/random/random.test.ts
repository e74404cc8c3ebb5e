import { describe, expect, it } from 'vitest';
import { type Counter, philox4x32 } from '../../src/random/philox.ts';
import { hashPurpose, RandomStream } from '../../src/random/random.ts';

describe('philox4x32', () => {
  // Known answers published with the reference implementation, Random123.
  it.each<[Counter, [number, number], string]>([
    [[0, 0, 0, 0], [0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    [[0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], 'd16cfe09 94fdcceb 5001e420 24126ea1'],
  ])('%j under %j', (counter, key, expected) => {
    const words = new Uint32Array(4);
    philox4x32(counter, key[0], key[1], words);
    expect([...words].map((word) => word.toString(16).padStart(8, '0')).join(' ')).toBe(expected);
  });
});

describe('hashPurpose', () => {
  // Known answers published with FNV.
  it.each([
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['foobar', 0xbf9cf968],
  ])('%j', (text, expected) => {
    expect(hashPurpose(text)).toBe(expected);
  });
});

describe('RandomStream', () => {
  it('draws from Philox: counter (index, epoch, attempt, upper seed), key (lower seed, purpose)', () => {
    const words = new Uint32Array(4);
    philox4x32([41, 3, 0, 5], 17, hashPurpose('shuffle'), words);
    const stream = new RandomStream(5 * 2 ** 32 + 17, 'shuffle', 3);
    expect(stream.uint32(41)).toBe(words[0]);
    expect(stream.uniform(41)).toBeCloseTo((words[0] as number) / 2 ** 32, 7);
  });

  it('has the same bits everywhere', () => {
    // A second implementation, with the unbounded integers of Python, gives the same integers and fractions. The normal
    // numbers are equal to the last ulp.
    const stream = new RandomStream(1, 'initialize');
    expect([0, 1, 2].map((i) => stream.uint32(i))).toEqual([810579514, 1607043283, 4260252993]);
    expect([0, 1, 2].map((i) => stream.uniform(i))).toEqual([
      0.18872774690708372, 0.3741689237918633, 0.9919174515194529,
    ]);
    expect([0, 1, 2].map((i) => stream.normal(i))).toEqual([
      -1.2421825747617559, -0.39476243174548464, -0.016198540860537024,
    ]);
  });

  it('has substreams, which are keyed by 128 bits of their stream', () => {
    const words = new Uint32Array(4);
    philox4x32([17, 3, 2 ** 32 - 1, 5], 9, hashPurpose('augment'), words);
    const [key0 = 0, key1 = 0, c1 = 0, c3 = 0] = words;
    philox4x32([7, c1, 0, c3], key0, key1, words);
    const stream = new RandomStream(5 * 2 ** 32 + 9, 'augment', 3);
    const substream = new RandomStream(0, '');
    substream.enterSubstream(stream, 17);
    expect(substream.uint32(7)).toBe(words[0]);
    expect(stream.uint32(7)).toBe(new RandomStream(5 * 2 ** 32 + 9, 'augment', 3).uint32(7));
  });

  it('has other numbers in each substream, and in substreams of substreams', () => {
    const draws = [1, 2].flatMap((epoch) =>
      Array.from({ length: 50 }, (_, number) => {
        const stream = new RandomStream(1, 'augment', epoch);
        const [outer, inner] = [new RandomStream(0, ''), new RandomStream(0, '')];
        outer.enterSubstream(stream, number);
        inner.enterSubstream(outer, number);
        return [stream, outer, inner].map((one) => one.uint32(number));
      }),
    );
    expect(new Set(draws.flat()).size).toBe(300);
  });

  it('does not depend on the order of draws', () => {
    const indices = Array.from({ length: 50 }, (_, i) => i);
    const forward = new RandomStream(9, 'order');
    const backward = new RandomStream(9, 'order');
    const expected = indices.map((i) => [forward.normal(i), forward.uniform(i), forward.uint32(i)]);
    const seen = indices.toReversed().map((i) => [backward.normal(i), backward.uniform(i), backward.uint32(i)]);
    expect(seen.toReversed()).toEqual(expected);
  });

  it('gives other numbers for another seed, purpose, epoch or index', () => {
    const draws = [
      new RandomStream(1, 'a').uint32(0),
      new RandomStream(2, 'a').uint32(0),
      new RandomStream(1 + 2 ** 32, 'a').uint32(0),
      new RandomStream(1, 'b').uint32(0),
      new RandomStream(1, 'a', 1).uint32(0),
      new RandomStream(1, 'a').uint32(1),
    ];
    expect(new Set(draws).size).toBe(draws.length);
  });

  it('is uniform: every tenth of the range gets its share', () => {
    const stream = new RandomStream(3, 'uniform');
    const values = Array.from({ length: 100_000 }, (_, i) => stream.uniform(i));
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    const counts = Array.from(
      { length: 10 },
      (_, tenth) => values.filter((value) => Math.floor(value * 10) === tenth).length,
    );
    const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquare).toBeLessThan(27.9); // exceeded by chance once in 1000 seeds (9 degrees of freedom)
  });

  it('is normal: moments and tails', () => {
    const stream = new RandomStream(4, 'normal');
    const n = 200_000;
    const values = Array.from({ length: n }, (_, i) => stream.normal(i));
    const moment = (power: number) => values.reduce((sum, value) => sum + value ** power, 0) / n;
    // Four standard deviations of each mean: √(1/n), √(2/n), √(15/n), √(96/n).
    expect(Math.abs(moment(1))).toBeLessThan(4 * Math.sqrt(1 / n));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(moment(3))).toBeLessThan(4 * Math.sqrt(15 / n));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / n));
    const beyond = (bound: number) => values.filter((value) => Math.abs(value) > bound).length / n;
    expect(beyond(1)).toBeCloseTo(0.3173, 2);
    expect(beyond(2)).toBeCloseTo(0.0455, 2);
    expect(beyond(3)).toBeCloseTo(0.0027, 3);
  });

  it('fills arrays with normal numbers, two for each index', () => {
    const stream = new RandomStream(6, 'fill');
    const n = 100_001;
    const numbers = new Float64Array(n);
    stream.fillNormal(10, numbers);
    expect(Array.from({ length: 50 }, (_, k) => numbers[2 * k])).toEqual(
      Array.from({ length: 50 }, (_, k) => stream.normal(10 + k)),
    );
    const sum = (term: (i: number) => number) => Array.from(numbers, (_, i) => term(i)).reduce((a, b) => a + b, 0);
    const at = (i: number) => numbers[i] as number;
    expect(Math.abs(sum((i) => (i % 2 === 1 ? at(i) : 0)) / (n / 2))).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(sum((i) => (i % 2 === 1 ? at(i) ** 2 - 1 : 0)) / (n / 2))).toBeLessThan(4 * Math.sqrt(4 / n));
    // Neighbors are not correlated, nor are their squares.
    expect(Math.abs(sum((i) => (i % 2 === 1 ? at(i) * at(i - 1) : 0)) / (n / 2))).toBeLessThan(4 * Math.sqrt(2 / n));
    const squares = sum((i) => (i % 2 === 1 ? (at(i) ** 2 - 1) * (at(i - 1) ** 2 - 1) : 0)) / (n / 2);
    expect(Math.abs(squares)).toBeLessThan(4 * Math.sqrt(8 / n));
    expect(() => stream.fillNormal(0, [] as never)).toThrow(expect.objectContaining({ code: 'CONVOY_INVALID_DATA' }));
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 53])('refuses the seed %s', (seed) => {
    expect(() => new RandomStream(seed, 'a')).toThrow(expect.objectContaining({ code: 'CONVOY_INVALID_OPTION' }));
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 32])('refuses %s as epoch and as index', (value) => {
    expect(() => new RandomStream(1, 'a', value)).toThrow(expect.objectContaining({ code: 'CONVOY_INVALID_OPTION' }));
    expect(() => new RandomStream(1, 'a').uint32(value)).toThrow(
      expect.objectContaining({ code: 'CONVOY_INVALID_OPTION' }),
    );
  });
});
