// The moving average of the parameters, for any rule.
import { add, multiply, subtract } from '../../language/floats.ts';
import type { UpdateRule } from './update.ts';

/**
 * The rule with a ← a + averageRate · (w′ − a) behind it, where w′ are the parameters that it makes. The slot `average` starts as a copy of
 * the parameters; averageRate, 1 less the decay of the average, comes behind the rule's own numbers. Where w′ = a, a keeps its bits.
 */
export const averaged = <Slot extends string, Name extends string>(
  rule: UpdateRule<Slot, Name>,
): UpdateRule<Slot | 'average', Name | 'averageRate'> => ({
  ...rule,
  slots: { ...rule.slots, average: 'parameters' },
  hyperparameters: [...rule.hyperparameters, 'averageRate'],
  step(k, now, numbers) {
    const { w, slots } = rule.step(k, now, numbers);
    const next = k.let('next w', w);
    const { average } = now.slots;
    return {
      w: next,
      slots: { ...slots, average: add(average, multiply(numbers.averageRate, subtract(next, average))) },
    };
  },
});
