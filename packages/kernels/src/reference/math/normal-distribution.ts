// The standard normal distribution in float64, which JavaScript does not have.

/** φ(x) = e^(−x²/2) / √2π. */
export function normalDensity(x: number): number {
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
}

/** Φ(x) = ∫ φ from −∞ to x. Its relative error is below 1e-12 for every x whose Φ(x) is a normal number. */
export function normalProbability(x: number): number {
  return x < -3 ? upperTail(-x) : x > 3 ? 1 - upperTail(x) : 0.5 + normalDensity(x) * series(x);
}

/** (Φ(x) − ½) / φ(x) = x + x³/3 + x⁵/(3·5) + … */
function series(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 3; n < 100; n += 2) {
    term *= (x * x) / n;
    sum += term;
  }
  return sum;
}

/** 1 − Φ(x) = φ(x) / (x + 1 / (x + 2 / (x + 3 / …))) for x > 3. */
function upperTail(x: number): number {
  let fraction = x;
  for (let n = 100; n > 0; n--) fraction = x + n / fraction;
  return normalDensity(x) / fraction;
}
