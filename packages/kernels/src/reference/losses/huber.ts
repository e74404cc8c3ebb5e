// Reference of the Huber loss in float64.
import type { HuberShape } from '../../shapes.ts';
import { elementwiseGradient, elementwiseLoss } from './elementwise.ts';

/**
 * E = Σn weight[n] · the mean over k of ½ (y − t)² where |y − t| ≤ delta, else of delta · (|y − t| − delta / 2). The
 * arguments are those of `meanSquaredError`. P. J. Huber, "Robust estimation of a location parameter", 1964.
 */
export function huber(
  { elements, delta }: HuberShape,
  batch: number,
  output: Float64Array,
  target: ArrayLike<number>,
  weights: Float64Array,
): number {
  const element = (y: number, t: number) =>
    Math.abs(y - t) <= delta ? (y - t) ** 2 / 2 : delta * (Math.abs(y - t) - delta / 2);
  return elementwiseLoss(element, elements, batch, output, target, weights);
}

/** ∂E/∂y = weight[n] / elements · (y − t), limited to ±delta. */
export function huberGradient(
  { elements, delta }: HuberShape,
  batch: number,
  output: Float64Array,
  target: ArrayLike<number>,
  weights: Float64Array,
): Float64Array {
  const derivative = (y: number, t: number) => Math.max(-delta, Math.min(delta, y - t));
  return elementwiseGradient(derivative, elements, batch, output, target, weights);
}
