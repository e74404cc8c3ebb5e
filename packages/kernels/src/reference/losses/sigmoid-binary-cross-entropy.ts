// Reference of the logistic function and binary cross-entropy in one, in float64.
import type { BinaryCrossEntropyShape } from '../../shapes.ts';
import { elementwiseGradient, elementwiseLoss } from './elementwise.ts';

/**
 * E = Σn weight[n] · the mean over k of positiveWeight · t′ · (−log σ(x)) + (1 − t′) · (−log σ(−x)) with σ(x) = 1 / (1
 * + e^−x) and t′ as in `BinaryCrossEntropyShape`. −log σ(−x) = log(1 + e^x) is computed without overflow as max(x, 0) +
 * log(1 + e^−|x|).
 *
 * @param logits x (N, elements)
 * @param target t (N, elements), probabilities
 * @param weights (N)
 */
export function sigmoidBinaryCrossEntropy(
  { elements, labelSmoothing = 0, positiveWeight = 1 }: BinaryCrossEntropyShape,
  batch: number,
  logits: Float64Array,
  target: ArrayLike<number>,
  weights: Float64Array,
): number {
  const element = (x: number, t: number) => {
    const yes = smoothed(t, labelSmoothing);
    return positiveWeight * yes * softplus(-x) + (1 - yes) * softplus(x);
  };
  return elementwiseLoss(element, elements, batch, logits, target, weights);
}

/** ∂E/∂x = weight[n] / elements · ((1 − t′) · σ(x) − positiveWeight · t′ · σ(−x)) */
export function sigmoidBinaryCrossEntropyGradient(
  { elements, labelSmoothing = 0, positiveWeight = 1 }: BinaryCrossEntropyShape,
  batch: number,
  logits: Float64Array,
  target: ArrayLike<number>,
  weights: Float64Array,
): Float64Array {
  const derivative = (x: number, t: number) => {
    const yes = smoothed(t, labelSmoothing);
    return (1 - yes) * logistic(x) - positiveWeight * yes * logistic(-x);
  };
  return elementwiseGradient(derivative, elements, batch, logits, target, weights);
}

const smoothed = (t: number, labelSmoothing: number) => (1 - labelSmoothing) * t + labelSmoothing / 2;
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const logistic = (x: number) => 1 / (1 + Math.exp(-x));
