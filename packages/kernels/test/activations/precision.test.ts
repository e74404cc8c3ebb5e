// The errors of activations and their derivatives over all float32 numbers, against float64.
import { describe, expect, test } from 'vitest';
import {
  type Activation,
  hardSigmoid,
  leakyRelu,
  relu,
  relu6,
  sigmoid,
  softplus,
  tanh,
} from '../../src/families/activations/activation.ts';
import {
  elu,
  gelu,
  geluTanh,
  hardSwish,
  type InputActivation,
  selu,
  silu,
} from '../../src/families/activations/input-activation.ts';
import { pointwise, pointwiseGradient, pointwiseInputGradient } from '../../src/families/activations/pointwise.ts';
import { normalDensity, normalProbability } from '../../src/reference/math/normal-distribution.ts';
import { expectSameBits, run } from '../harness.ts';

const LARGEST = 3.4028234663852886e38;
/** Points around which neighboring numbers are tested: branches, kinks, roots, and where powers overflow or vanish. */
const POINTS = [0, 3, 6, 1.5, 0.625, 16, 17.5, 20, 88.72284, 103.97208, 1e38, LARGEST];

/** All exponents equally often, with subnormals; numbers close to 0; and the neighbors of some points. */
function inputs(): Float32Array {
  const patterns = Uint32Array.from({ length: 98_304 }, (_, i) => Math.imul(i, 43_691));
  const near = Float32Array.from({ length: 32_768 }, (_, i) => (i - 16_384) / 128);
  const bitsOfPoints = new Uint32Array(Float32Array.from(POINTS.flatMap((x) => [x, -x])).buffer);
  const neighbors = [...bitsOfPoints].flatMap((bits) => Array.from({ length: 16 }, (_, i) => bits + i - 8));
  const numbers = [
    ...new Float32Array(patterns.buffer),
    ...near,
    ...new Float32Array(Uint32Array.from(neighbors).buffer),
  ];
  const finite = numbers.filter(Number.isFinite);
  return Float32Array.from(finite.slice(0, finite.length - (finite.length % 8)));
}

const xs = inputs();
const ones = new Float32Array(xs.length).fill(1);
const cells = xs.length / 8;

const outputsOf = (activation: Pick<Activation, 'forward'>): Float32Array =>
  run(pointwise(cells, activation), { x: xs, y: xs }).y;

const derivativesOf = (activation: Activation | InputActivation): Float32Array =>
  'inputBackward' in activation
    ? run(pointwiseInputGradient(cells, activation), { x: xs, dy: ones, dx: ones }).dx
    : run(pointwiseGradient(cells, activation), { y: outputsOf(activation), dy: ones, dx: ones }).dx;

/** The distance between neighboring float32 numbers at x. */
const ulp = (x: number): number => 2 ** (Math.max(Math.floor(Math.log2(Math.abs(x))), -126) - 23);

interface Bound {
  readonly exact: (x: number) => number;
  /** The greatest error, in ulp. */
  readonly ulps: number;
  /** An error that is allowed in any case; 2^-148, two of the smallest numbers, if it is missing. */
  readonly slack?: (x: number) => number;
}

function expectWithin(actual: Float32Array, { exact, ulps, slack = () => 2 ** -148 }: Bound): void {
  xs.forEach((x, i) => {
    const expected = exact(x);
    const rounded = Math.fround(expected);
    if (!Number.isFinite(rounded) && actual[i] === rounded) return;
    const error = Math.abs(actual[i]! - expected);
    if (!(error <= ulps * ulp(expected) || error <= slack(x))) {
      expect.fail(`at x = ${x}: actual ${actual[i]}, expected ${expected}, ${error / ulp(expected)} ulp`);
    }
  });
}

const logistic = (v: number) => (v < 0 ? Math.exp(v) / (1 + Math.exp(v)) : 1 / (1 + Math.exp(-v)));
const bounded = (x: number, low: number, high: number) => Math.min(Math.max(x, low), high);
const SCALE = 1.0507009873554805;
const ALPHA = 1.6732632423543772;
const [TENTH, THIRD] = [Math.fround(0.1), Math.fround(0.3)];
const softplusOf = (beta: number) => (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(beta * x))) / beta;
const slopeOfU = (x: number) => 2 * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
const doubleU = (x: number) => 2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);
/** Four roundings of the terms of a sum that passes through 0. */
const ofTerms = (terms: (x: number) => number) => (x: number) => 2 ** -22 * terms(x) + 2 ** -140;

// Functions of y lose the tail of a derivative where y is close to 1: the error is below 2^-23, as everywhere else.
const SATURATING = { ulps: 2.5, slack: () => 2 ** -23 };
// The exponent is rounded, so the error of a power is proportional to it, up to 88 · 2^-24.
const ROUNDED_EXPONENT = 100;

const cases: readonly (readonly [activation: Activation | InputActivation, output: Bound, derivative: Bound])[] = [
  [relu, { exact: (x) => Math.max(x, 0), ulps: 0 }, { exact: (x) => (x > 0 ? 1 : 0), ulps: 0 }],
  [relu6, { exact: (x) => bounded(x, 0, 6), ulps: 0 }, { exact: (x) => (x > 0 && x < 6 ? 1 : 0), ulps: 0 }],
  [
    leakyRelu(TENTH),
    { exact: (x) => (x > 0 ? x : TENTH * x), ulps: 0.5 },
    { exact: (x) => (x > 0 ? 1 : TENTH), ulps: 0 },
  ],
  [
    hardSigmoid,
    { exact: (x) => bounded(x + 3, 0, 6) / 6, ulps: 1.5 },
    { exact: (x) => (x > -3 && x < 3 ? 1 / 6 : 0), ulps: 0.5 },
  ],
  [
    hardSwish,
    { exact: (x) => (x * bounded(x + 3, 0, 6)) / 6, ulps: 2.5 },
    { exact: (x) => (x <= -3 ? 0 : x >= 3 ? 1 : (2 * x + 3) / 6), ulps: 1.5 },
  ],
  [
    sigmoid,
    { exact: logistic, ulps: 2.5, slack: () => 3e-39 },
    { exact: (x) => logistic(x) * logistic(-x), ...SATURATING },
  ],
  [tanh, { exact: Math.tanh, ulps: 1.5 }, { exact: (x) => 1 / Math.cosh(x) ** 2, ...SATURATING }],
  [softplus(1), { exact: softplusOf(1), ulps: 2 }, { exact: logistic, ulps: 2 }],
  [
    softplus(10),
    { exact: softplusOf(10), ulps: ROUNDED_EXPONENT },
    { exact: (x) => logistic(10 * x), ulps: ROUNDED_EXPONENT },
  ],
  [
    softplus(TENTH),
    { exact: softplusOf(TENTH), ulps: ROUNDED_EXPONENT, slack: () => 2 ** -144 },
    { exact: (x) => logistic(TENTH * x), ulps: ROUNDED_EXPONENT },
  ],
  [
    elu(1),
    { exact: (x) => (x > 0 ? x : Math.expm1(x)), ulps: 1 },
    { exact: (x) => (x > 0 ? 1 : Math.exp(x)), ulps: 1 },
  ],
  [
    elu(THIRD),
    { exact: (x) => (x > 0 ? x : THIRD * Math.expm1(x)), ulps: 1.5 },
    { exact: (x) => (x > 0 ? 1 : THIRD * Math.exp(x)), ulps: 1.5 },
  ],
  [
    selu,
    { exact: (x) => SCALE * (x > 0 ? x : ALPHA * Math.expm1(x)), ulps: 2 },
    { exact: (x) => SCALE * (x > 0 ? 1 : ALPHA * Math.exp(x)), ulps: 2 },
  ],
  [
    silu,
    { exact: (x) => x * logistic(x), ulps: 3, slack: () => 2 ** -142 },
    {
      exact: (x) => logistic(x) * (1 + x * logistic(-x)),
      ulps: 5,
      slack: ofTerms((x) => logistic(x) * (1 + Math.abs(x) * logistic(-x))),
    },
  ],
  [
    gelu,
    { exact: (x) => x * normalProbability(x), ulps: 7, slack: () => 2 ** -144 },
    {
      exact: (x) => normalProbability(x) + x * normalDensity(x),
      ulps: 8,
      slack: ofTerms((x) => normalProbability(x) + Math.abs(x) * normalDensity(x)),
    },
  ],
  [
    geluTanh,
    { exact: (x) => x * logistic(doubleU(x)), ulps: 2 * ROUNDED_EXPONENT, slack: () => 2 ** -143 },
    {
      exact: (x) =>
        Math.abs(x) > 1e3 ? logistic(x) : logistic(doubleU(x)) * (1 + x * logistic(-doubleU(x)) * slopeOfU(x)),
      ulps: 2 * ROUNDED_EXPONENT,
      slack: ofTerms((x) =>
        Math.abs(x) > 1e3 ? 0 : logistic(doubleU(x)) * (1 + Math.abs(x) * logistic(-doubleU(x)) * slopeOfU(x)),
      ),
    },
  ],
];

describe.each(cases.map(([activation, ...bounds]) => ({ name: activation.name, activation, bounds })))(
  '$name',
  ({ activation, bounds: [output, derivative] }) => {
    test('output', () => expectWithin(outputsOf(activation), output));
    test('derivative', () => expectWithin(derivativesOf(activation), derivative));
  },
);

test('numbers that earlier formulas lost', () => {
  const at = (activation: Activation | InputActivation, x: number) => {
    const input = new Float32Array(8).fill(x);
    const dy = new Float32Array(8).fill(1);
    const { y } = run(pointwise(1, activation), { x: input, y: input });
    const { dx } =
      'inputBackward' in activation
        ? run(pointwiseInputGradient(1, activation), { x: input, dy, dx: dy })
        : run(pointwiseGradient(1, activation), { y, dy, dx: dy });
    return [y[0]!, dx[0]!];
  };
  expectSameBits(at(softplus(10), 1e38), [Math.fround(1e38), 1]);
  expectSameBits(at(softplus(10), -1e38), [0, 0]);
  expect(at(elu(1), -17.5)[1]).toBeCloseTo(2.511e-8, 11);
  expect(at(elu(1), -16)[1]! / Math.exp(-16)).toBeCloseTo(1, 6);
  expect(at(selu, -17.5)[1]! / (SCALE * ALPHA * Math.exp(-17.5))).toBeCloseTo(1, 6);
  expect(at(hardSigmoid, Math.fround(2.9999998))[1]).toBe(Math.fround(1 / 6));
  expect(at(silu, -90)[0]! / (-90 * Math.exp(-90))).toBeCloseTo(1, 5);
});
