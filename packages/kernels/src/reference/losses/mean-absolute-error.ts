// Reference of absolute errors in float64.
import type { ElementsShape } from '../../shapes.ts';
import { elementwiseGradient, elementwiseLoss, elementwiseMetric } from './elementwise.ts';

/** E = Σn weight[n] · the mean over k of |y − t|. The arguments are those of `meanSquaredError`. */
export const meanAbsoluteError = (
  { elements }: ElementsShape,
  batch: number,
  output: Float64Array,
  target: ArrayLike<number>,
  weights: Float64Array,
): number => elementwiseLoss((y, t) => Math.abs(y - t), elements, batch, output, target, weights);

/** ∂E/∂y = weight[n] / elements · sign(y − t), 0 where they are equal. */
export const meanAbsoluteErrorGradient = (
  { elements }: ElementsShape,
  batch: number,
  output: Float64Array,
  target: ArrayLike<number>,
  weights: Float64Array,
): Float64Array => elementwiseGradient((y, t) => Math.sign(y - t), elements, batch, output, target, weights);

/** The `elementwiseMetric` of |y − t|. */
export const absoluteError = (
  { elements }: ElementsShape,
  batch: number,
  output: Float64Array,
  target: ArrayLike<number>,
  weights: Float64Array,
): number => elementwiseMetric((y, t) => Math.abs(y - t), elements, batch, output, target, weights);
