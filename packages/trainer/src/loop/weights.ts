// Which weights of a model are evaluated: its parameters, or an array that the optimizer keeps for them.
import type { Plan } from '@convoy/layers/runtime';
import { ConvoyError, oneOf } from '@convoy/tensor';
import type { OptionCheck } from '@convoy/tensor/checks';

/** Which parameters: the current ones, or their moving average, which the optimizer keeps with `averageDecay`. */
export type Weights = 'current' | 'average';

/**
 * The number of the array of the training state that holds the weights, by default the current ones: 0 for the parameters themselves, 1 + i for slot i of the optimizer.
 * @param name what messages call the weights
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export function stateArrayOf(plan: Plan, weights: unknown = 'current', name = 'weights'): number {
  if (oneOf(name, weights, ['current', 'average']) === 'current') return 0;
  const slot = plan.slots.indexOf('average');
  if (slot >= 0) return 1 + slot;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${name}: 'average' with an optimizer that keeps no average`,
    expected: 'an optimizer with averageDecay',
    fix: "Set its option averageDecay, for example to 0.999, or pass 'current'.",
  });
}

/** The check of an option that says which weights; its value is the number of their array. */
export const weightsOf =
  (plan: Plan): OptionCheck<number> =>
  (name, weights) =>
    stateArrayOf(plan, weights, name);
