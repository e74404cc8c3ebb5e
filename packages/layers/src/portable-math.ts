// Powers and cosines whose float64 bits are the same on every machine and in every JavaScript engine: they use only + − · / and square roots, which
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

/** For x ≤ π / 4: cos x from the terms up to an even power, or sin x / x from the terms up to an odd power. Terms above 16 and 17 are below 2^−58. */
function taylor(x: number, highest: number): number {
  let series = 1;
  for (let n = highest; n > 1; n -= 2) series = 1 - (x * x * series) / (n * (n - 1));
  return series;
}
