// A moving average of the parameters, for any rule.
import { add, multiply, subtract } from '../../language/floats.ts';
import type { UpdateRule } from './update.ts';

/**
 * The rule followed by a ← a + averageRate · (w′ − a), where w′ are the new parameters. The slot `average` starts as a
 * copy of the parameters; averageRate, which is 1 − the decay of the average, follows the hyperparameters of the rule.
 * Where w′ = a, a keeps its bits.
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
