// Elementary functions as float32 vector expressions, with the same bits on every machine.
// Their errors were measured over all 2^32 floats; 1 ulp is the distance between neighboring floats.
// The polynomials come from S. L. Moshier's Cephes Mathematical Library, single precision (expf.c, logf.c, tanhf.c).
import {
  absolute,
  add,
  divide,
  equalTo,
  exponent,
  lessThan,
  mantissa,
  max,
  min,
  multiply,
  nearest,
  powerOfTwo,
  select,
  subtract,
} from '../../language/floats.ts';
import type { KernelBuilder } from '../../language/kernel-builder.ts';
import type { Vector } from '../../language/value.ts';

// ln 2 in two parts: the high part has so few bits that its product with an exponent is exact.
const LN2_HIGH = 0.693359375;
const LN2_LOW = -2.1219444e-4;

const EXPONENTIAL = [1.9875691e-4, 1.3981999e-3, 8.333452e-3, 4.1665796e-2, 0.16666666, 0.5];

/** e^x. Subnormal results are rounded once; NaN stays NaN. The error is at most 1.0 ulp. */
export function exponential(k: KernelBuilder, x: Vector): Vector {
  // At these bounds the scaling already gives +∞ and 0.
  const clamped = k.let('clamped', max(min(x, 89), -104));
  const { n, excess } = reducedExponential(k, clamped);
  return scaledByPower(k, add(excess, 1), n);
}

/** e^x − 1 for x ≤ 0, accurate near 0 too; NaN stays NaN. The error is at most 1.0 ulp. */
export function exponentialMinusOne(k: KernelBuilder, x: Vector): Vector {
  // Below −17.4 the result is −1.
  const clamped = k.let('clamped', max(x, -20));
  const { n, excess } = reducedExponential(k, clamped);
  const power = k.let('power', powerOfTwo(n));
  return add(multiply(excess, power), subtract(power, 1));
}

/**
 * e^x − 1 for x ≤ 0, as `exponentialMinusOne`, and e^x, whose subnormal results are rounded once; NaN stays NaN. The
 * errors are at most 1.0 ulp.
 */
export function exponentialsOfNegative(
  k: KernelBuilder,
  x: Vector,
): { readonly minusOne: Vector; readonly power: Vector } {
  const { n, excess } = reducedExponential(k, k.let('clamped', max(x, -104)));
  const fraction = k.let('fraction', excess);
  // 2^n may be subnormal, 2^(n + 64) is not.
  const raised = k.let('raised', powerOfTwo(add(n, 64)));
  const scale = k.let('scale', multiply(raised, 2 ** -64));
  return {
    minusOne: add(multiply(fraction, scale), subtract(scale, 1)),
    power: multiply(multiply(add(fraction, 1), raised), 2 ** -64),
  };
}

/**
 * e^(c + low) = (1 + excess) · 2^n for c + low in [-106, 89], with 1 + excess in [0.7, 1.42].
 * `low`, less than 1, is the part of the exponent that c could not hold. Both are used more than once, so they should
 * be variables.
 */
function reducedExponential(
  k: KernelBuilder,
  c: Vector,
  low?: Vector,
): { readonly n: Vector; readonly excess: Vector } {
  const n = k.let('n', nearest(multiply(low ? add(c, low) : c, Math.LOG2E)));
  const remainder = subtract(subtract(c, multiply(n, LN2_HIGH)), multiply(n, LN2_LOW));
  const r = k.let('r', low ? add(remainder, low) : remainder);
  const series = multiply(polynomial(r, EXPONENTIAL), multiply(r, r));
  return { n, excess: add(series, r) };
}

/** fraction · 2^n in two steps, because 2^128 and 2^-149 are not normal numbers; only the last product rounds. */
function scaledByPower(k: KernelBuilder, fraction: Vector, n: Vector): Vector {
  const half = k.let('half', nearest(multiply(n, 0.5)));
  return multiply(multiply(fraction, powerOfTwo(half)), powerOfTwo(subtract(n, half)));
}

const SMALLEST_NORMAL = 1.17549435e-38;
const LOGARITHM = [
  7.0376836e-2, -0.1151461, 0.116769984, -0.12420141, 0.14249323, -0.16668057, 0.20000714, -0.24999994, 0.3333333,
];

/** The natural logarithm; −∞ for 0, NaN for negative numbers. The error is at most 0.83 ulp. */
export function logarithm(k: KernelBuilder, value: Vector): Vector {
  const x = k.let('x', value);
  const subnormal = lessThan(x, SMALLEST_NORMAL);
  const normal = k.let('normal', select(subnormal, multiply(x, 2 ** 23), x));
  const unscaled = subtract(exponent(normal), select(subnormal, 23, 0));
  const m = k.let('m', mantissa(normal));
  // x = (1 + t) · 2^e with 1 + t between √½ and √2.
  const big = lessThan(Math.SQRT2, m);
  const e = k.let('e', add(unscaled, select(big, 1, 0)));
  const t = k.let('t', subtract(select(big, multiply(m, 0.5), m), 1));
  const logarithmOfFinite = reducedLogarithm(k, t, e);
  const ofPositive = select(lessThan(x, Infinity), logarithmOfFinite, x);
  const ofOthers = select(equalTo(x, 0), -Infinity, NaN);
  return select(lessThan(0, x), ofPositive, ofOthers);
}

/** log (1 + u) for u in [0, 1], accurate near 0 too; NaN stays NaN. The error is at most 1.4 ulp. */
export function logarithmOfOnePlus(k: KernelBuilder, value: Vector): Vector {
  const u = k.let('u', value);
  const big = lessThan(Math.SQRT2 - 1, u);
  const e = k.let('e', select(big, 1, 0));
  const t = k.let('t', select(big, multiply(subtract(u, 1), 0.5), u));
  return reducedLogarithm(k, t, e);
}

/** log ((1 + t) · 2^e) with 1 + t between √½ and √2. */
function reducedLogarithm(k: KernelBuilder, t: Vector, e: Vector): Vector {
  const square = k.let('square', multiply(t, t));
  const series = multiply(multiply(polynomial(t, LOGARITHM), t), square);
  const low = subtract(add(series, multiply(e, LN2_LOW)), multiply(square, 0.5));
  return add(add(t, low), multiply(e, LN2_HIGH));
}

const HYPERBOLIC_TANGENT = [-5.7049887e-3, 2.0639088e-2, -5.3739715e-2, 0.13331442, -0.3333328];

/** tanh x, with tanh −x = −tanh x bit for bit. The error is at most 1.4 ulp. */
export function hyperbolicTangent(k: KernelBuilder, value: Vector): Vector {
  const x = k.let('x', value);
  const size = k.let('size', absolute(x));
  const square = k.let('square', multiply(x, x));
  const near = multiply(x, add(1, multiply(polynomial(square, HYPERBOLIC_TANGENT), square)));
  // Far from 0: ±(1 − 2 / (e^2|x| + 1)), which is ±1 where |x| > 10.
  const { n, excess } = reducedExponential(k, k.let('doubled', min(add(size, size), 20)));
  const far = k.let('far', subtract(1, divide(2, add(multiply(add(excess, 1), powerOfTwo(n)), 1))));
  return select(lessThan(size, 0.625), near, select(lessThan(x, 0), subtract(0, far), far));
}

/**
 * The logistic function 1 / (1 + e^−x), also called sigmoid. The error is at most 2.5 ulp; for x < −88.72, where it is
 * less than 3e-39, it is 0.
 */
export function logistic(k: KernelBuilder, x: Vector): Vector {
  return divide(1, add(1, exponential(k, subtract(0, x))));
}

/** σ(x) = 1 / (1 + e^−x) and σ(−x) = 1 − σ(x), each accurate where it is small. */
export function logisticPair(k: KernelBuilder, value: Vector): { readonly of: Vector; readonly ofNegative: Vector } {
  const x = k.let('x', value);
  const power = k.let('power', exponential(k, subtract(0, absolute(x))));
  const larger = k.let('larger', divide(1, add(1, power)));
  const smaller = k.let('smaller', multiply(power, larger));
  const isNegative = lessThan(x, 0);
  return { of: select(isNegative, smaller, larger), ofNegative: select(isNegative, larger, smaller) };
}

const TAIL_SCALE = 11 / 32;
const TAIL = [
  -0.027582283, 0.077853931, -0.042354851, -0.024939625, -0.072015148, 0.0921666, 0.29455105, -0.66055914, 0.5,
];

/**
 * The standard normal distribution: its density φ(x) = e^(−x²/2) / √2π and its probability Φ(x) = ∫ φ from −∞ to x = ½
 * (1 + erf (x / √2)). The errors are at most 2.3 and 6.6 ulp, in the far tails too; NaN stays NaN.
 *
 * Φ(−|x|) = e^(−x²/2) · t · P(1 − t) with t = 1 / (1 + 11/32 · |x|). P is the minimax polynomial of degree 8 for the
 * relative error over |x| ≤ 14.5, which is at most 2.6e-8; it was found by iteratively reweighted least squares.
 */
export function normalDistribution(
  k: KernelBuilder,
  value: Vector,
): { readonly density: Vector; readonly probability: Vector } {
  const x = k.let('x', value);
  // Where |x| > 14.5 both are 0 or 1.
  const size = k.let('size', min(absolute(x), 14.5));
  // x² = coarse² + (|x| − coarse) · (|x| + coarse), where coarse has so few bits that its square is exact.
  const coarse = k.let('coarse', multiply(nearest(multiply(size, 32)), 1 / 32));
  const high = k.let('high', multiply(multiply(coarse, coarse), -0.5));
  const low = k.let('low', multiply(multiply(subtract(coarse, size), add(coarse, size)), 0.5));
  const { n, excess } = reducedExponential(k, high, low);
  const bell = k.let('bell', scaledByPower(k, add(excess, 1), n));
  const scaled = k.let('scaled', multiply(size, TAIL_SCALE));
  const t = k.let('t', divide(1, add(1, scaled)));
  // 1 − t, but without the error of t where x is small.
  const s = k.let('s', multiply(scaled, t));
  const tail = k.let('tail', multiply(multiply(polynomial(s, TAIL), t), bell));
  return {
    density: multiply(bell, 1 / Math.sqrt(2 * Math.PI)),
    probability: select(lessThan(x, 0), tail, subtract(1, tail)),
  };
}

/** The greater of two vectors; NaN if one of them is NaN. `x` is used three times, so it should be a variable. */
export const maxOrNaN = (largest: Vector, x: Vector): Vector => select(equalTo(x, x), max(largest, x), x);

/** Horner's scheme, with the highest coefficient first. `x` is used in every step, so it should be a variable. */
function polynomial(x: Vector, [highest = 0, ...rest]: readonly number[]): Vector {
  return rest.reduce((sum: Vector, coefficient, i) => add(multiply(i === 0 ? highest : sum, x), coefficient), x);
}
