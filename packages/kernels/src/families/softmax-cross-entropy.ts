// Softmax and cross-entropy in one: the loss of a classifier and its gradient in one kernel.
import { cells, kernel, scalars } from '../language/kernel-builder.ts';
import type { Kernel } from '../language/statement.ts';
import {
  add,
  convert,
  divide,
  equalTo,
  load,
  loadScalar,
  max,
  multiply,
  scalarAdd,
  select,
  splat,
  subtract,
  sumLanes,
} from '../language/value.ts';
import type { ClassificationShape } from '../shapes.ts';
import { exponential, logarithm } from './elementary.ts';

/**
 * loss += Σ weight · (log Σ e^(x[k] − m) − (x[label] − m)) over the samples, with m = max x;
 * ∂loss/∂x[k] = weight · (e^(x[k] − m) / Σ e^(x − m) − [k = label]).
 * Sums over classes in order, then `sumLanes`. A sample of weight 0 adds nothing and has gradient 0, whatever it holds.
 *
 * Arguments: x cells (classes), one cell of labels, one cell of weights, dx cells as x (may be x), loss (one float).
 */
export function softmaxCrossEntropy({ classes }: ClassificationShape): Kernel {
  const parameters = { x: 'f32[]', labels: 'f32[]', weights: 'f32[]', dx: 'f32[]', loss: 'f32[]' } as const;
  return kernel('softmaxCrossEntropy', parameters, (k, { x, labels, weights, dx, loss }) => {
    const input = cells(x, [classes]);
    const gradient = cells(dx, [classes]);
    const label = k.let('label', load(cells(labels, [1])(0)));
    const weight = k.let('weight', load(cells(weights, [1])(0)));
    const isMasked = equalTo(weight, 0);

    const largest = k.variable('largest', splat(-Infinity));
    k.loop('class', 0, classes, (c) => largest.set(max(largest.value, load(input(c)))));

    // The exponentials wait in dx for their sum.
    const sum = k.variable('sum', splat(0));
    const chosen = k.variable('chosen', splat(0));
    k.loop('class', 0, classes, (c) => {
      const shifted = k.let('shifted', subtract(load(input(c)), largest.value));
      chosen.set(select(equalTo(label, splat(convert(c))), shifted, chosen.value));
      const power = k.let('power', exponential(k, shifted));
      sum.set(add(sum.value, power));
      k.store(gradient(c), power);
    });

    k.loop('class', 0, classes, (c) => {
      const target = select(equalTo(label, splat(convert(c))), 1, 0);
      const difference = subtract(divide(load(gradient(c)), sum.value), target);
      k.store(gradient(c), select(isMasked, 0, multiply(weight, difference)));
    });

    const losses = select(isMasked, 0, multiply(weight, subtract(logarithm(k, sum.value), chosen.value)));
    const total = scalars(loss, [1])(0);
    k.storeScalar(total, scalarAdd(loadScalar(total), sumLanes(losses)));
  });
}
