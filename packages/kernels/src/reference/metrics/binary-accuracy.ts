// Reference of binary accuracy in float64.
import type { BinaryAccuracyShape } from '../../shapes.ts';
import { elementwiseMetric } from '../losses/elementwise.ts';

/** The `elementwiseMetric` of 1 where σ(x) > threshold and t > ½ are both true or both false, else 0. */
export const binaryAccuracy = (
  { elements, threshold }: BinaryAccuracyShape,
  batch: number,
  logits: Float64Array,
  target: ArrayLike<number>,
  weights: Float64Array,
): number => {
  const element = (x: number, t: number) => Number(1 / (1 + Math.exp(-x)) > threshold === t > 0.5);
  return elementwiseMetric(element, elements, batch, logits, target, weights);
};
