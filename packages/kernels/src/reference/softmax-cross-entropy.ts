// Softmax and cross-entropy in one, in float64: the twin that tests compare the fast kernels with.
import type { ClassificationShape } from '../shapes.ts';

/**
 * E = Σn weight[n] · (−log p[n, label[n]]) with p = softmax(x), the mean if each weight is 1 / (number of samples).
 * Computed without overflow as −log p[label] = log Σk e^(x[k] − m) − (x[label] − m) with m = max x.
 * A sample of weight 0 is left out, whatever it holds.
 *
 * @param logits (N, classes)
 * @param labels (N), each 0 … classes − 1
 * @param weights (N)
 */
export function softmaxCrossEntropy(
  shape: ClassificationShape,
  batch: number,
  logits: Float64Array,
  labels: ArrayLike<number>,
  weights: Float64Array,
): number {
  let loss = 0;
  for (let n = 0; n < batch; n++) {
    if (weights[n] === 0) continue;
    const { shifted, sum } = shiftedExponentials(shape, logits, n);
    loss += weights[n]! * (Math.log(sum) - shifted[labels[n]!]!);
  }
  return loss;
}

/**
 * ∂E/∂x[n,k] = weight[n] · (p[n,k] − [k = label[n]]), and 0 for a sample of weight 0.
 *
 * @returns (N, classes)
 */
export function softmaxCrossEntropyGradient(
  shape: ClassificationShape,
  batch: number,
  logits: Float64Array,
  labels: ArrayLike<number>,
  weights: Float64Array,
): Float64Array {
  const gradient = new Float64Array(batch * shape.classes);
  for (let n = 0; n < batch; n++) {
    if (weights[n] === 0) continue;
    const { shifted, sum } = shiftedExponentials(shape, logits, n);
    for (let k = 0; k < shape.classes; k++) {
      const probability = Math.exp(shifted[k]!) / sum;
      gradient[n * shape.classes + k] = weights[n]! * (probability - (k === labels[n] ? 1 : 0));
    }
  }
  return gradient;
}

/** The logits of sample n less their maximum, and the sum of their exponentials. */
function shiftedExponentials(
  { classes }: ClassificationShape,
  logits: Float64Array,
  n: number,
): { shifted: Float64Array; sum: number } {
  const row = logits.subarray(n * classes, (n + 1) * classes);
  const maximum = Math.max(...row);
  const shifted = row.map((x) => x - maximum);
  return { shifted, sum: shifted.reduce((sum, x) => sum + Math.exp(x), 0) };
}
