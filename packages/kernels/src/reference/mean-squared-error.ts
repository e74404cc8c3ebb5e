// Squared errors in float64: the twin that tests compare the fast kernels with.
import type { MeanSquaredErrorShape } from '../shapes.ts';

/**
 * E = Σn weight[n] · e[n] with e[n] = ½ Σk (t − y)² in the form `'half-sum'`, the mean over k of (t − y)² in the form
 * `'mean'`. A sample of weight 0 is left out, whatever it holds.
 *
 * @param output y (N, elements)
 * @param target t (N, elements)
 * @param weights (N)
 */
export function meanSquaredError(
  shape: MeanSquaredErrorShape,
  batch: number,
  output: Float64Array,
  target: Float64Array,
  weights: Float64Array,
): number {
  let loss = 0;
  for (let n = 0; n < batch; n++) {
    if (weights[n] === 0) continue;
    for (let k = 0; k < shape.elements; k++) {
      const difference = target[n * shape.elements + k]! - output[n * shape.elements + k]!;
      loss += weights[n]! * squareFactor(shape) * difference * difference;
    }
  }
  return loss;
}

/**
 * ∂E/∂y = weight[n] · (y − t) in the form `'half-sum'`, weight[n] · 2 (y − t) / elements in the form `'mean'`; for a
 * sample of weight 0 it is 0.
 *
 * @returns (N, elements)
 */
export function meanSquaredErrorGradient(
  shape: MeanSquaredErrorShape,
  batch: number,
  output: Float64Array,
  target: Float64Array,
  weights: Float64Array,
): Float64Array {
  const gradient = new Float64Array(batch * shape.elements);
  for (let n = 0; n < batch; n++) {
    if (weights[n] === 0) continue;
    for (let i = n * shape.elements; i < (n + 1) * shape.elements; i++) {
      gradient[i] = weights[n]! * 2 * squareFactor(shape) * (output[i]! - target[i]!);
    }
  }
  return gradient;
}

/** What each (t − y)² is multiplied by. */
function squareFactor({ form, elements }: MeanSquaredErrorShape): number {
  return form === 'half-sum' ? 1 / 2 : 1 / elements;
}
