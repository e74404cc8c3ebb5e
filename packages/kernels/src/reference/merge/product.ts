// Reference of products in float64.
import type { ProductShape } from '../../shapes.ts';

/**
 * y[n,c,i] = x₁[n,c,i] · x₂[n,c,i] · …
 *
 * @param inputs arrays (N, channels, area), or (N, channels) for a factor with one number per channel
 */
export function product(shape: ProductShape, batch: number, inputs: readonly Float64Array[]): Float64Array {
  const output = new Float64Array(batch * shape.channels * shape.area);
  return output.map((_, i) => inputs.reduce((y, x, factor) => y * x[indexIn(shape, factor, i)]!, 1));
}

/**
 * ∂E/∂x of each factor: ∂E/∂y times the other factors; for a factor with one number per channel, summed over the
 * pixels.
 */
export function productGradients(
  shape: ProductShape,
  inputs: readonly Float64Array[],
  outputGradient: Float64Array,
): Float64Array[] {
  const gradients = inputs.map((x) => new Float64Array(x.length));
  outputGradient.forEach((dy, i) => {
    for (const [factor, gradient] of gradients.entries()) {
      const others = inputs.reduce((y, x, j) => (j === factor ? y : y * x[indexIn(shape, j, i)]!), 1);
      gradient[indexIn(shape, factor, i)]! += dy * others;
    }
  });
  return gradients;
}

/** The index in a factor of the number that belongs to element i of (N, channels, area). */
const indexIn = ({ area, factors }: ProductShape, factor: number, i: number): number =>
  factors[factor] === 'channel' ? Math.floor(i / area) : i;
