// Powers and cosines: their values, and their bits, which are the same on every machine.
import { describe, expect, test } from 'vitest';
import { cosineOfPi, power } from '../src/portable-math.ts';

describe('power', () => {
  test('is exact where float64 can be', () => {
    expect([power(0.5, 0), power(0, 0), power(0, 3), power(2, 10), power(0.5, 1074)]).toEqual([
      1,
      1,
      0,
      1024,
      2 ** -1074,
    ]);
    expect([power(16, 0.25), power(16, 2.75), power(1, 123.456), power(0.25, 0.5)]).toEqual([2, 2048, 1, 0.5]);
    expect([power(0.9, 1e6), power(2, 5000)]).toEqual([0, Infinity]);
  });

  test('agrees with Math.pow for whole and other exponents', () => {
    for (let i = 0; i < 2000; i++) {
      const base = 0.001 + (i % 71) / 50;
      const exponent = (i * 7) % 3 === 0 ? i % 97 : (i * 0.618) % 50;
      const expected = base ** exponent;
      if (expected < 1e-300) continue;
      expect(Math.abs(power(base, exponent) / expected - 1), `${base} ** ${exponent}`).toBeLessThan(1e-14);
    }
  });
});

test('cosineOfPi agrees with Math.cos', () => {
  expect([0, 0.5, 1].map(cosineOfPi)).toEqual([1, 0, -1]);
  for (let i = 0; i <= 10_000; i++) {
    expect(Math.abs(cosineOfPi(i / 10_000) - Math.cos((Math.PI * i) / 10_000)), `cos ${i}π / 10000`).toBeLessThan(
      1e-15,
    );
  }
});

test('the bits are the same on every machine', () => {
  // From the same operations in Python, whose float64 arithmetic is also IEEE 754.
  expect(power(0.999, 12_345)).toBe(4.32466179602611e-6);
  expect(power(0.9, 7 / 777)).toBe(0.9990512565072135);
  expect(power(0.95, 1000 / 3)).toBe(3.754352929895955e-8);
  expect([0.1, 0.2, 0.3, 0.7, 0.9].map(cosineOfPi)).toEqual([
    0.9510565162951535, 0.8090169943749475, 0.5877852522924731, -0.587785252292473, -0.9510565162951536,
  ]);
});
