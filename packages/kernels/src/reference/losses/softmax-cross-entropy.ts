// Reference of softmax and cross-entropy in one, in float64.
import type { CrossEntropyShape } from '../../shapes.ts';
import { fromRows, rowsOf } from './classification.ts';

/**
 * E = Σn weight[n] · the mean over positions of Σk t′[k] · (−log p[k]) with p = softmax(x) and t′ as in
 * `CrossEntropyShape`. For a label y, t[k] is 1 where k = y and 0 elsewhere; at ignored positions t′ is 0. −log p[k] =
 * log Σj e^(x[j] − m) − (x[k] − m) with m = max x, which does not overflow. Classes with t′ = 0 add nothing. A sample
 * of weight 0 is left out, whatever its numbers are.
 *
 * @param logits (N, classes, positions)
 * @param targets (N, positions), each 0 … classes − 1, or distributions in the shape of the logits
 * @param weights (N)
 */
export function softmaxCrossEntropy(
  shape: CrossEntropyShape,
  batch: number,
  logits: Float64Array,
  targets: ArrayLike<number>,
  weights: Float64Array,
): number {
  const { positions = 1 } = shape;
  const distributions = smoothedTargets(shape, batch, targets);
  return rowsOf(shape, batch, logits).reduce((loss, row, i) => {
    const weight = weights[Math.floor(i / positions)]!;
    if (weight === 0) return loss;
    const { shifted, sum } = shiftedExponentials(row);
    const terms = distributions[i]!.map((t, k) => (t === 0 ? 0 : t * (Math.log(sum) - shifted[k]!)));
    return loss + (weight / positions) * total(terms);
  }, 0);
}

/**
 * ∂E/∂x[n,k] = weight[n] / positions · (p[n,k] Σj t′[n,j] − t′[n,k]), and 0 for a sample of weight 0.
 *
 * @returns (N, classes, positions)
 */
export function softmaxCrossEntropyGradient(
  shape: CrossEntropyShape,
  batch: number,
  logits: Float64Array,
  targets: ArrayLike<number>,
  weights: Float64Array,
): Float64Array {
  const { positions = 1 } = shape;
  const distributions = smoothedTargets(shape, batch, targets);
  const gradients = rowsOf(shape, batch, logits).map((row, i) => {
    const weight = weights[Math.floor(i / positions)]!;
    if (weight === 0) return new Float64Array(row.length);
    const { shifted, sum } = shiftedExponentials(row);
    const distribution = distributions[i]!;
    const mass = total(distribution);
    return shifted.map((x, k) => (weight / positions) * ((mass * Math.exp(x)) / sum - distribution[k]!));
  });
  return fromRows(shape, batch, gradients);
}

/** t′ at each position. */
function smoothedTargets(shape: CrossEntropyShape, batch: number, targets: ArrayLike<number>): Float64Array[] {
  const { classes, positions = 1, ignoreLabel, labelSmoothing = 0, classWeights } = shape;
  const smoothed = (t: number, k: number) =>
    (classWeights?.[k] ?? 1) * ((1 - labelSmoothing) * t + labelSmoothing / classes);
  if (shape.targets === 'oneHot') return rowsOf(shape, batch, targets).map((row) => row.map(smoothed));
  return Array.from({ length: batch * positions }, (_, i) => {
    const distribution = new Float64Array(classes);
    if (targets[i] === ignoreLabel) return distribution;
    return distribution.map((_, k) => smoothed(k === targets[i] ? 1 : 0, k));
  });
}

/** The logits minus their maximum, and the sum of their exponentials. */
function shiftedExponentials(row: Float64Array): { shifted: Float64Array; sum: number } {
  const maximum = Math.max(...row);
  const shifted = row.map((x) => x - maximum);
  return { shifted, sum: total(shifted.map(Math.exp)) };
}

const total = (numbers: Float64Array): number => numbers.reduce((sum, x) => sum + x, 0);
