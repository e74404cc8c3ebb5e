// exp, log, tanh and the logistic function against float64 over all exponents, and the activations made of them.
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Activation, identity, relu, sigmoid, tanh } from '../src/families/activation.ts';
import { exponential, hyperbolicTangent, logarithm, logarithmOfOnePlus, logistic } from '../src/families/elementary.ts';
import { pointwise, pointwiseGradient } from '../src/families/pointwise.ts';
import { and, lessOrEqual, select, type Vector } from '../src/language/value.ts';
import * as reference from '../src/reference/index.ts';
import { expectClose, expectSameBits, run, values } from './harness.ts';

const SMALLEST_NORMAL = 2 ** -126;

/** Evenly spread bit patterns, so all exponents alike, with subnormals, infinities and NaN; then a dense stretch around 0. */
const inputs = new Float32Array(131_072);
{
  const patterns = new Uint32Array(inputs.buffer, 0, 98_304);
  patterns.forEach((_, i) => {
    patterns[i] = Math.imul(i, 43_691);
  });
  for (let i = 98_304; i < inputs.length; i++) inputs[i] = (i - 114_688) / 1024;
  inputs.set([0, -0, 1, -1, Infinity, -Infinity, NaN, 2 ** -149, -(2 ** -149), SMALLEST_NORMAL, 3.4028235e38]);
}

/** The distance between neighbouring float32 numbers at x. */
const ulp = (x: number): number => 2 ** (Math.max(Math.floor(Math.log2(Math.abs(x))), -126) - 23);

type Elementary = Activation['forward'];
const apply = (f: Elementary, x: Float32Array): Float32Array => {
  const kernel = pointwise(x.length / 8, { ...identity, forward: f });
  return run(kernel, [x, x])[1]!;
};

function expectWithin(ulps: number, f: Elementary, exact: (x: number) => number, slack = 0): void {
  const actual = apply(f, inputs);
  inputs.forEach((x, i) => {
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

/** 0 outside [0, 1]. */
const insideUnit: (x: Vector) => Vector = (x) => select(and(lessOrEqual(0, x), lessOrEqual(x, 1)), x, 0);

const ofUnit: Elementary = (k, x) => logarithmOfOnePlus(k, insideUnit(x));

describe('close to float64', () => {
  test('exponential: 2 ulp', () => expectWithin(2, exponential, Math.exp));
  test('logarithm: 2 ulp', () => expectWithin(2, logarithm, Math.log));
  test('hyperbolicTangent: 2 ulp', () => expectWithin(2, hyperbolicTangent, Math.tanh));
  test('logarithmOfOnePlus: 2.5 ulp', () => expectWithin(2.5, ofUnit, (x) => Math.log1p(x >= 0 && x <= 1 ? x : 0)));
  // Where the result is subnormal it may be 0.
  test('logistic: 2.5 ulp', () => expectWithin(2.5, logistic, (x) => 1 / (1 + Math.exp(-x)), 3e-39));
});

/** The same on every machine, in every version of Node: a change of these bits changes every training run. */
test.each([
  ['exponential', exponential, 'a0de7d90bb9f2e1a'],
  ['logarithm', logarithm, '58d0c04c519d54e7'],
  ['hyperbolicTangent', hyperbolicTangent, 'd88bec349e6aea39'],
  ['logistic', logistic, '173ccece1d907a04'],
  ['logarithmOfOnePlus', ofUnit, 'a2900076cbb3e78b'],
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
});

test('the hyperbolic tangent is odd, bit for bit', () => {
  const mirrored = apply(
    hyperbolicTangent,
    inputs.map((x) => -x),
  ).map((y) => -y);
  expectSameBits(mirrored, apply(hyperbolicTangent, inputs));
});

describe('activations', () => {
  const x = new Float32Array(values(8 * 13, 1, 1).map((v) => 4 * v));
  x[3] = 0;
  const dy = new Float32Array(values(x.length, 1, 2));
  const twins = [
    [relu, reference.relu, reference.reluGradient],
    [sigmoid, reference.sigmoid, reference.sigmoidGradient],
    [tanh, reference.tanh, reference.tanhGradient],
  ] as const;

  test.each(twins)('$name and its gradient', (activation, forward, gradient) => {
    const [, y] = run(pointwise(13, activation), [x, dy]);
    expectClose(y!, forward(new Float64Array(x)), 2e-7);
    const dx = run(pointwiseGradient(13, activation), [y!, dy, dy]).at(-1)!;
    expectClose(dx, gradient(new Float64Array(y!), new Float64Array(dy)), 2e-7);
  });

  test('relu keeps NaN and infinities, and its derivative at 0 is 0', () => {
    const special = Float32Array.of(NaN, Infinity, -Infinity, 0, -0, 1, -1, 2 ** -149);
    const [, y] = run(pointwise(1, relu), [special, special]);
    expectClose(y!, [NaN, Infinity, 0, 0, 0, 1, 0, 2 ** -149], 0);
    const dx = run(pointwiseGradient(1, relu), [y!, new Float32Array(8).fill(NaN), y!]).at(-1)!;
    expectSameBits(dx, [0, NaN, 0, 0, 0, NaN, 0, NaN]);
  });
});
