// Losses and metrics that compare predictions with targets element by element.
import { add, divide, equalTo, lessThan, load, multiply, select, splat } from '../../language/floats.ts';
import { type KernelBuilder, kernel } from '../../language/kernel-builder.ts';
import { cells, scalars } from '../../language/operands.ts';
import type { Vector } from '../../language/value.ts';
import { accumulateLanes } from '../math/accumulate.ts';

/** The loss of an element, and its derivative with respect to the prediction. */
export interface ElementLoss {
  readonly loss: Vector;
  readonly derivative: Vector;
}

/**
 * loss += Σ weight · Σ e(y, t) / divisor over the samples, and ∂loss/∂y = weight / divisor · ∂e/∂y. Sums over elements
 * in order, then `sumLanes`. A sample of weight 0 adds nothing and has gradient 0, whatever its numbers are. dy may be
 * y.
 *
 * @param compare writes e and its derivative; y and t are variables
 */
export function elementwiseLoss(
  name: string,
  elements: number,
  divisor: number,
  compare: (k: KernelBuilder, y: Vector, t: Vector) => ElementLoss,
) {
  const all = cells(elements);
  return kernel(
    name,
    { y: all, t: all, weights: cells(1), dy: all, loss: scalars(1) },
    (k, { y, t, weights, dy, loss }) => {
      const weight = k.let('weight', load(weights(0)));
      const factor = k.let('factor', divide(weight, divisor));
      const isMasked = equalTo(weight, 0);
      const sum = k.variable('sum', splat(0));
      k.loop('element', 0, elements, (i) => {
        const error = compare(k, k.let('prediction', load(y(i))), k.let('target', load(t(i))));
        sum.set(add(sum.value, error.loss));
        k.store(dy(i), select(isMasked, 0, multiply(factor, error.derivative)));
      });
      const losses = select(isMasked, 0, multiply(weight, divide(sum.value, divisor)));
      accumulateLanes(k, loss(0), losses, true);
    },
  );
}

/**
 * total += Σ over the samples with weight > 0 of the mean of m(y, t) over their elements.
 *
 * @param compare writes m; y and t are variables
 */
export function elementwiseMetric(
  name: string,
  elements: number,
  compare: (k: KernelBuilder, y: Vector, t: Vector) => Vector,
) {
  const operands = { y: cells(elements), t: cells(elements), weights: cells(1), total: scalars(1) };
  return kernel(name, operands, (k, { y, t, weights, total }) => {
    const sum = k.variable('sum', splat(0));
    k.loop('element', 0, elements, (i) => {
      const prediction = k.let('prediction', load(y(i)));
      const target = k.let('target', load(t(i)));
      sum.set(add(sum.value, compare(k, prediction, target)));
    });
    const isCounted = lessThan(0, load(weights(0)));
    accumulateLanes(k, total(0), select(isCounted, divide(sum.value, elements), 0), true);
  });
}
