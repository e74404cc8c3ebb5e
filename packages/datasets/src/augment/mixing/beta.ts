// Draws of the beta distribution.
import { naturalLogarithm, power } from '@convoy/tensor/portable-math';
import type { RandomStream } from '@convoy/tensor/random';

// Indices of draws. Each attempt has four, two for each of the gamma distributions.
const STRIDE = 4;
/** Behind all attempts that there will ever be: less than one in twenty fails. */
const FRACTIONS = 4096;

/**
 * A draw of the beta distribution with both parameters α. All its numbers come from this stream.
 *
 * G(α) / (G(α) + G′(α)) has this distribution if G and G′ are independent draws of the gamma distribution. G(α) is
 * G(α + 1) · U^(1/α) with uniform U: that is valid for every α above 0, and only the quotient of both is needed, so a
 * small α causes no underflow.
 */
export function drawBeta(random: RandomStream, alpha: number): number {
  const gammas = drawGamma(random, 0, alpha + 1) / drawGamma(random, 2, alpha + 1);
  // From above 0 to 1.
  const fraction = 1 - random.uniform(FRACTIONS);
  const other = 1 - random.uniform(FRACTIONS + 1);
  if (fraction > other) return 1 / (1 + power(other / fraction, 1 / alpha) / gammas);
  const quotient = power(fraction / other, 1 / alpha) * gammas;
  return quotient / (1 + quotient);
}

/**
 * A draw of the gamma distribution with shape 1 or more: G. Marsaglia, W. Tsang, "A Simple Method for Generating Gamma
 * Variables", ACM Transactions on Mathematical Software 26, 2000.
 */
function drawGamma(random: RandomStream, first: number, shape: number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (let index = first; ; index += STRIDE) {
    const x = random.normal(index);
    const root = 1 + c * x;
    const v = root * root * root;
    if (v <= 0) continue;
    const uniform = 1 - random.uniform(index + 1);
    if (naturalLogarithm(uniform) < 0.5 * x * x + d * (1 - v + naturalLogarithm(v))) return d * v;
  }
}
