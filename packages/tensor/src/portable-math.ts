// Powers, logarithms and cosines whose float64 bits are the same on every machine and in every JavaScript engine: they use only + − · / and square roots, which
// IEEE 754 rounds exactly. The bits of `Math.pow` and `Math.cos` depend on the engine: the bits of 0.999 ** n differ between Node 20 and 26.

/** base^exponent, for a base and an exponent of 0 or more: squares for the whole part of the exponent, square roots for its fraction. */
export function power(base: number, exponent: number): number {
  const whole = Math.floor(exponent);
  let result = 1;
  for (let left = whole, square = base; left > 0; left = Math.floor(left / 2), square *= square) {
    if (left % 2 === 1) result *= square;
  }
  // Binary digit i of the fraction contributes the factor base^(2^−i).
  for (let left = exponent - whole, root = base; left > 0; ) {
    left *= 2;
    root = Math.sqrt(root);
    if (left < 1) continue;
    result *= root;
    left -= 1;
  }
  return result;
}

/** cos πx for 0 ≤ x ≤ 1. */
export function cosineOfPi(x: number): number {
  if (x > 0.5) return -cosineOfPi(1 - x);
  if (x <= 0.25) return taylor(Math.PI * x, 16);
  const angle = Math.PI * (0.5 - x);
  return angle * taylor(angle, 17);
}

/** The cosine of any finite angle in degrees. It is exact for multiples of 90. */
export function cosineOfDegrees(degrees: number): number {
  const turn = Math.abs(degrees) % 360;
  return cosineOfPi((turn > 180 ? 360 - turn : turn) / 180);
}

/** The sine of any finite angle in degrees. It is exact for multiples of 90. */
export const sineOfDegrees = (degrees: number): number => cosineOfDegrees(degrees - 90);

/**
 * ln x for a finite x above 0. The relative error is below 6e-16 for x < 1. x = m · 2^n with m in [√½, √2], and ln m = 2 artanh t with
 * t = (m − 1) / (m + 1), |t| < 0.172. The series ends where its terms fall below 2^−55.
 */
export function naturalLogarithm(x: number): number {
  let mantissa = x;
  let doublings = 0;
  for (; mantissa < Math.SQRT1_2; mantissa *= 2) doublings--;
  for (; mantissa > Math.SQRT2; mantissa /= 2) doublings++;
  const t = (mantissa - 1) / (mantissa + 1);
  const squared = t * t;
  let series = 0;
  for (let divisor = 21; divisor >= 1; divisor -= 2) series = series * squared + 1 / divisor;
  return 2 * t * series + doublings * Math.LN2;
}

/** For x ≤ π / 4: cos x from the terms up to an even power, or sin x / x from the terms up to an odd power. Terms above 16 and 17 are below 2^−58. */
function taylor(x: number, highest: number): number {
  let series = 1;
  for (let n = highest; n > 1; n -= 2) series = 1 - (x * x * series) / (n * (n - 1));
  return series;
}
