// Squared errors: the loss and its gradient in one kernel.
import { cells, kernel, scalars } from '../language/kernel-builder.ts';
import type { Kernel } from '../language/statement.ts';
import {
  add,
  divide,
  equalTo,
  load,
  loadScalar,
  multiply,
  scalarAdd,
  select,
  splat,
  subtract,
  sumLanes,
} from '../language/value.ts';
import type { MeanSquaredErrorShape } from '../shapes.ts';

/**
 * loss += Σ weight · Σ (y − t)² / divisor over the samples, ∂loss/∂y = weight · 2 / divisor · (y − t), with divisor 2 in the form
 * `'half-sum'` and the number of elements in the form `'mean'`. Sums over elements in order, then `sumLanes`.
 * A sample of weight 0 adds nothing and has gradient 0, whatever it holds.
 *
 * Arguments: y cells (elements), t cells as y, one cell of weights, dy cells as y (may be y), loss (one float).
 */
export function meanSquaredError({ elements, form }: MeanSquaredErrorShape): Kernel {
  const divisor = form === 'half-sum' ? 2 : elements;
  const parameters = { y: 'f32[]', t: 'f32[]', weights: 'f32[]', dy: 'f32[]', loss: 'f32[]' } as const;
  return kernel('meanSquaredError', parameters, (k, { y, t, weights, dy, loss }) => {
    const prediction = cells(y, [elements]);
    const target = cells(t, [elements]);
    const gradient = cells(dy, [elements]);
    const weight = k.let('weight', load(cells(weights, [1])(0)));
    const factor = k.let('factor', divide(multiply(weight, 2), divisor));
    const isMasked = equalTo(weight, 0);
    const sum = k.variable('sum', splat(0));
    k.loop('element', 0, elements, (i) => {
      const difference = k.let('difference', subtract(load(prediction(i)), load(target(i))));
      sum.set(add(sum.value, multiply(difference, difference)));
      k.store(gradient(i), select(isMasked, 0, multiply(factor, difference)));
    });
    const losses = select(isMasked, 0, multiply(weight, divide(sum.value, divisor)));
    const total = scalars(loss, [1])(0);
    k.storeScalar(total, scalarAdd(loadScalar(total), sumLanes(losses)));
  });
}
