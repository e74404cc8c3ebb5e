// Powers and cosines: their values, and their bits, which are the same on every machine.
import { describe, expect, test } from 'vitest';
import { cosineOfDegrees, cosineOfPi, naturalLogarithm, power, sineOfDegrees } from '../src/portable-math.ts';
import { RandomStream } from '../src/random/random.ts';

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

describe('naturalLogarithm', () => {
  test('is the logarithm, from the least argument of the polar method to the largest', () => {
    const random = new RandomStream(1, 'logarithm');
    const scattered = Array.from({ length: 20_000 }, (_, i) => random.uniform(i) ** (1 + (i % 12)));
    for (const x of [2 ** -65, 2 ** -53, 0.25, 0.5, Math.SQRT1_2, 0.9, 1 - 2 ** -53, ...scattered].filter(
      (x) => x > 0,
    )) {
      expect(Math.abs(naturalLogarithm(x) / Math.log(x) - 1), `ln ${x}`).toBeLessThan(6e-16);
    }
  });

  test('of 1 and more', () => {
    expect(naturalLogarithm(1)).toBe(0);
    for (const x of [1 + 2 ** -52, 1.2, Math.SQRT2, 1.5, 2, 10, 1e6, 1e300]) {
      expect(naturalLogarithm(x)).toBeCloseTo(Math.log(x), 13);
    }
  });
});

test('cosines and sines of degrees agree with Math, and are exact for multiples of 90', () => {
  expect([0, 90, 180, 270, 360, 450, -90].map(cosineOfDegrees)).toEqual([1, 0, -1, 0, 1, 0, 0]);
  expect([0, 90, 180, 270, 360, -90, -270].map(sineOfDegrees)).toEqual([0, 1, 0, -1, 0, -1, 1]);
  for (let degrees = -800; degrees <= 800; degrees += 0.37) {
    const radians = (degrees * Math.PI) / 180;
    expect(Math.abs(cosineOfDegrees(degrees) - Math.cos(radians)), `cos ${degrees}°`).toBeLessThan(4e-15);
    expect(Math.abs(sineOfDegrees(degrees) - Math.sin(radians)), `sin ${degrees}°`).toBeLessThan(4e-15);
  }
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
