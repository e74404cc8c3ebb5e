// exp, log, tanh, the logistic function and the normal distribution against float64 over all exponents.
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Activation } from '../../src/families/activations/activation.ts';
import { pointwise } from '../../src/families/activations/pointwise.ts';
import {
  exponential,
  exponentialMinusOne,
  exponentialsOfNegative,
  hyperbolicTangent,
  logarithm,
  logarithmOfOnePlus,
  logistic,
  normalDistribution,
} from '../../src/families/math/elementary.ts';
import * as reference from '../../src/reference/index.ts';
import { expectSameBits, run } from '../harness.ts';

const SMALLEST_NORMAL = 2 ** -126;

/**
 * Evenly distributed bit patterns, and so all exponents equally often, with subnormals, infinities and NaN; then
 * numbers close to 0.
 */
const inputs = new Float32Array(131_072);
{
  const patterns = new Uint32Array(inputs.buffer, 0, 98_304);
  patterns.forEach((_, i) => {
    patterns[i] = Math.imul(i, 43_691);
  });
  for (let i = 98_304; i < inputs.length; i++) inputs[i] = (i - 114_688) / 1024;
  inputs.set([0, -0, 1, -1, Infinity, -Infinity, NaN, 2 ** -149, -(2 ** -149), SMALLEST_NORMAL, 3.4028235e38]);
}

/** The distance between neighboring float32 numbers at x. */
const ulp = (x: number): number => 2 ** (Math.max(Math.floor(Math.log2(Math.abs(x))), -126) - 23);

type Elementary = Activation['forward'];
const apply = (f: Elementary, x: Float32Array): Float32Array => {
  const kernel = pointwise(x.length / 8, { forward: f });
  return run(kernel, { x, y: x }).y;
};

const density: Elementary = (k, x) => normalDistribution(k, x).density;
const probability: Elementary = (k, x) => normalDistribution(k, x).probability;

function expectWithin(
  ulps: number,
  f: Elementary,
  exact: (x: number) => number,
  slack = 0,
  isInside = (_: number) => true,
): void {
  const actual = apply(f, inputs);
  inputs.forEach((x, i) => {
    if (!isInside(x) && !Number.isNaN(x)) return;
    const expected = exact(x);
    const rounded = Math.fround(expected);
    if (!Number.isFinite(rounded) || rounded === 0) {
      if (Object.is(actual[i], rounded)) return;
    }
    const error = Math.abs(actual[i]! - expected);
    if (!(error <= ulps * ulp(expected) || error <= slack)) {
      expect.fail(`at x = ${x}: actual ${actual[i]}, expected ${expected}`);
    }
  });
}

describe('close to float64', () => {
  test('exponential: 2 ulp', () => expectWithin(2, exponential, Math.exp));
  test('logarithm: 2 ulp', () => expectWithin(2, logarithm, Math.log));
  test('hyperbolicTangent: 2 ulp', () => expectWithin(2, hyperbolicTangent, Math.tanh));
  // Where the result is subnormal it may be 0.
  test('logistic: 2.5 ulp', () => expectWithin(2.5, logistic, (x) => 1 / (1 + Math.exp(-x)), 3e-39));
  test('exponentialMinusOne of x ≤ 0: 1 ulp', () => expectWithin(1, exponentialMinusOne, Math.expm1, 0, (x) => x <= 0));
  test('logarithmOfOnePlus of [0, 1]: 1.5 ulp', () =>
    expectWithin(1.5, logarithmOfOnePlus, Math.log1p, 0, (x) => x >= 0 && x <= 1));
  // Where the result is subnormal it may be off by the smallest number.
  test('probability of the normal distribution: 7 ulp', () =>
    expectWithin(7, probability, reference.normalProbability, 2 ** -148));
  test('density of the normal distribution: 3 ulp', () => expectWithin(3, density, reference.normalDensity, 2 ** -148));
});

/** The same on every machine, in every version of Node: a change of these bits changes every training run. */
test.each([
  ['exponential', exponential, 'a0de7d90bb9f2e1a'],
  ['logarithm', logarithm, '58d0c04c519d54e7'],
  ['hyperbolicTangent', hyperbolicTangent, 'd88bec349e6aea39'],
  ['logistic', logistic, '173ccece1d907a04'],
  ['probability', probability, '53b7a962a80339e8'],
  ['density', density, '1fce2cf6c0d8e3a5'],
])('the bits of %s', (_, f, expected) => {
  const numbers = apply(f, inputs).map((y) => (Number.isNaN(y) ? 2 : y));
  expect(createHash('sha256').update(numbers).digest('hex').slice(0, 16)).toBe(expected);
});

test('values that are exact', () => {
  const x = Float32Array.of(0, -0, Infinity, -Infinity, NaN, 1, -1, 20);
  expectSameBits(apply(exponential, x).subarray(0, 5), [1, 1, Infinity, 0, NaN]);
  expectSameBits(apply(logarithm, x).subarray(0, 7), [-Infinity, -Infinity, Infinity, NaN, NaN, 0, NaN]);
  expectSameBits(apply(hyperbolicTangent, x).subarray(0, 5), [0, -0, 1, -1, NaN]);
  expectSameBits(apply(logistic, x).subarray(0, 5), [0.5, 0.5, 1, 0, NaN]);
  expectSameBits(apply(exponentialMinusOne, Float32Array.of(0, -0, -Infinity, NaN, -1e4, 0, 0, 0)).subarray(0, 5), [
    0,
    0,
    -1,
    NaN,
    -1,
  ]);
  expectSameBits(apply(logarithmOfOnePlus, Float32Array.of(0, 2 ** -149, NaN, 0, 0, 0, 0, 0)).subarray(0, 3), [
    0,
    2 ** -149,
    NaN,
  ]);
  expectSameBits(apply(probability, x).subarray(0, 5), [0.5, 0.5, 1, 0, NaN]);
  expectSameBits(apply(density, x).subarray(2, 5), [0, 0, NaN]);
});

test('both exponentials of a negative number have the bits of the functions that compute one of them', () => {
  const negative = inputs.map((x) => (x > 0 ? -x : x));
  const minusOne = apply((k, x) => exponentialsOfNegative(k, x).minusOne, negative);
  expectSameBits(minusOne, apply(exponentialMinusOne, negative));
  const power = apply((k, x) => exponentialsOfNegative(k, x).power, negative);
  expectSameBits(power, apply(exponential, negative));
});

test('the hyperbolic tangent is odd, bit for bit', () => {
  const mirrored = apply(
    hyperbolicTangent,
    inputs.map((x) => -x),
  ).map((y) => -y);
  expectSameBits(mirrored, apply(hyperbolicTangent, inputs));
});
