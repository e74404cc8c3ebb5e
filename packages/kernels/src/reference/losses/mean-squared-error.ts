// Reference of squared errors in float64.
import type { MeanSquaredErrorShape } from '../../shapes.ts';
import { elementwiseGradient, elementwiseLoss } from './elementwise.ts';

/**
 * E = Σn weight[n] · e[n]. With the reduction `'halfSum'` e[n] = ½ Σk (t − y)², with `'mean'` it is the mean over k of
 * (t − y)². A sample of weight 0 is left out, whatever its numbers are.
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
 * ∂E/∂y = weight[n] · (y − t) with the reduction `'halfSum'`, weight[n] · 2 (y − t) / elements with `'mean'`; 0 for a
 * sample of weight 0.
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
