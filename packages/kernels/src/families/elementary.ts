// Elementary functions as float32 vector expressions, with the same bits on every machine.
// Their errors were measured over all 2^32 floats.
// The polynomials are those of S. L. Moshier's Cephes Mathematical Library, single precision (expf.c, logf.c, tanhf.c).
import type { KernelBuilder } from '../language/kernel-builder.ts';
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
  type Vector,
} from '../language/value.ts';

// ln 2 in two parts: the high part has so few bits that its product with an exponent is exact.
const LN2_HIGH = 0.693359375;
const LN2_LOW = -2.1219444e-4;

const EXPONENTIAL = [1.9875691e-4, 1.3981999e-3, 8.333452e-3, 4.1665796e-2, 0.16666666, 0.5];

/** e^x. Subnormal results are rounded once; NaN stays. At most 1.0 ulp off. */
export function exponential(k: KernelBuilder, x: Vector): Vector {
  // Beyond these bounds the scaling gives +∞ and 0 by itself.
  const clamped = k.let('clamped', max(min(x, 89), -104));
  const { n, fraction } = reducedExponential(k, clamped);
  // 2^n in two steps, since 2^128 and 2^-149 are not normal numbers; only the last product rounds.
  const half = k.let('half', nearest(multiply(n, 0.5)));
  return multiply(multiply(fraction, powerOfTwo(half)), powerOfTwo(subtract(n, half)));
}

/** e^c = fraction · 2^n for c in [-104, 89], fraction in [0.7, 1.42]. */
function reducedExponential(k: KernelBuilder, c: Vector): { readonly n: Vector; readonly fraction: Vector } {
  const n = k.let('n', nearest(multiply(c, Math.LOG2E)));
  const r = k.let('r', subtract(subtract(c, multiply(n, LN2_HIGH)), multiply(n, LN2_LOW)));
  const series = multiply(polynomial(r, EXPONENTIAL), multiply(r, r));
  return { n, fraction: add(add(series, r), 1) };
}

const SMALLEST_NORMAL = 1.17549435e-38;
const LOGARITHM = [
  7.0376836e-2, -0.1151461, 0.116769984, -0.12420141, 0.14249323, -0.16668057, 0.20000714, -0.24999994, 0.3333333,
];

/** The natural logarithm: −∞ of 0, NaN of negative numbers. At most 0.83 ulp off. */
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
  const square = k.let('square', multiply(t, t));
  const series = multiply(multiply(polynomial(t, LOGARITHM), t), square);
  const low = subtract(add(series, multiply(e, LN2_LOW)), multiply(square, 0.5));
  const logarithmOfFinite = add(add(t, low), multiply(e, LN2_HIGH));
  const ofPositive = select(lessThan(x, Infinity), logarithmOfFinite, x);
  const ofOthers = select(equalTo(x, 0), -Infinity, NaN);
  return select(lessThan(0, x), ofPositive, ofOthers);
}

const HYPERBOLIC_TANGENT = [-5.7049887e-3, 2.0639088e-2, -5.3739715e-2, 0.13331442, -0.3333328];

/** tanh x, odd bit for bit. At most 1.4 ulp off. */
export function hyperbolicTangent(k: KernelBuilder, value: Vector): Vector {
  const x = k.let('x', value);
  const size = k.let('size', absolute(x));
  const square = k.let('square', multiply(x, x));
  const near = multiply(x, add(1, multiply(polynomial(square, HYPERBOLIC_TANGENT), square)));
  // Far from 0: ±(1 − 2 / (e^2|x| + 1)), which is ±1 beyond 10.
  const { n, fraction } = reducedExponential(k, k.let('doubled', min(add(size, size), 20)));
  const far = k.let('far', subtract(1, divide(2, add(multiply(fraction, powerOfTwo(n)), 1))));
  return select(lessThan(size, 0.625), near, select(lessThan(x, 0), subtract(0, far), far));
}

/** The logistic function 1 / (1 + e^−x), also called sigmoid. At most 2.5 ulp off; 0 below −88.72, where it is less than 3e-39. */
export function logistic(k: KernelBuilder, x: Vector): Vector {
  return divide(1, add(1, exponential(k, subtract(0, x))));
}

/** ln(1 + z) for 0 ≤ z ≤ 1. The rounding of 1 + z cancels out: ln u · z / (u − 1) with u = 1 + z (W. Kahan). At most 2.5 ulp off. */
export function logarithmOfOnePlus(k: KernelBuilder, value: Vector): Vector {
  const z = k.let('z', value);
  const u = k.let('u', add(1, z));
  return select(equalTo(u, 1), z, multiply(logarithm(k, u), divide(z, subtract(u, 1))));
}

/** The greater of two, and NaN if one of them is. `x` is computed three times: give a variable. */
export const maxOrNaN = (largest: Vector, x: Vector): Vector => select(equalTo(x, x), max(largest, x), x);

/** Horner's scheme, the highest coefficient first; `x` is computed at every step: give a variable. */
function polynomial(x: Vector, [highest = 0, ...rest]: readonly number[]): Vector {
  return rest.reduce((sum: Vector, coefficient, i) => add(multiply(i === 0 ? highest : sum, x), coefficient), x);
}
