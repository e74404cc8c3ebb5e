// Reference of losses and metrics that compare predictions with targets element by element, in float64.

/** The loss of an element, as a function of a prediction and a target. */
export type Element = (prediction: number, target: number) => number;

/**
 * E = Σn weight[n] · Σk e(y[n,k], t[n,k]) / divisor. A sample of weight 0 is left out, whatever its numbers are.
 *
 * @param output y (N, elements)
 * @param target t (N, elements)
 * @param weights (N)
 */
export function elementwiseLoss(
  element: Element,
  divisor: number,
  batch: number,
  output: Float64Array,
  target: ArrayLike<number>,
  weights: Float64Array,
): number {
  return elementwiseGradient(element, divisor, batch, output, target, weights).reduce((sum, term) => sum + term, 0);
}

/**
 * ∂E/∂y[n,k] = weight[n] / divisor · e′(y[n,k], t[n,k]), and 0 for a sample of weight 0.
 *
 * @param derivative e′ = ∂e/∂y
 * @returns (N, elements)
 */
export function elementwiseGradient(
  derivative: Element,
  divisor: number,
  batch: number,
  output: Float64Array,
  target: ArrayLike<number>,
  weights: Float64Array,
): Float64Array {
  const elements = output.length / batch;
  return output.map((y, i) => {
    const weight = weights[Math.floor(i / elements)]!;
    return weight === 0 ? 0 : (weight / divisor) * derivative(y, target[i]!);
  });
}

/** Σ over the samples with weight > 0 of the mean over k of m(y[n,k], t[n,k]). */
export const elementwiseMetric = (
  element: Element,
  elements: number,
  batch: number,
  output: Float64Array,
  target: ArrayLike<number>,
  weights: Float64Array,
): number =>
  elementwiseLoss(
    element,
    elements,
    batch,
    output,
    target,
    weights.map((weight) => Number(weight > 0)),
  );
