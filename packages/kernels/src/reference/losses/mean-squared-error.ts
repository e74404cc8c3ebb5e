// Squared errors in float64: the twin that tests compare the fast kernels with.
import type { MeanSquaredErrorShape } from '../../shapes.ts';
import { elementwiseGradient, elementwiseLoss } from '../math/elementwise.ts';

/**
 * E = Σn weight[n] · e[n] with e[n] = ½ Σk (t − y)² in the reduction `'halfSum'`, the mean over k of (t − y)² with the reduction
 * `'mean'`. A sample of weight 0 is left out, whatever it holds.
 *
 * @param output y (N, elements)
 * @param target t (N, elements)
 * @param weights (N)
 */
export const meanSquaredError = (
  shape: MeanSquaredErrorShape,
  batch: number,
  output: Float64Array,
  target: ArrayLike<number>,
  weights: Float64Array,
): number => elementwiseLoss((y, t) => (t - y) ** 2, divisorOf(shape), batch, output, target, weights);

/**
 * ∂E/∂y = weight[n] · (y − t) in the reduction `'halfSum'`, weight[n] · 2 (y − t) / elements in the reduction `'mean'`; for a
 * sample of weight 0 it is 0.
 *
 * @returns (N, elements)
 */
export const meanSquaredErrorGradient = (
  shape: MeanSquaredErrorShape,
  batch: number,
  output: Float64Array,
  target: ArrayLike<number>,
  weights: Float64Array,
): Float64Array => elementwiseGradient((y, t) => 2 * (y - t), divisorOf(shape), batch, output, target, weights);

const divisorOf = ({ reduction, elements }: MeanSquaredErrorShape): number => (reduction === 'halfSum' ? 2 : elements);
