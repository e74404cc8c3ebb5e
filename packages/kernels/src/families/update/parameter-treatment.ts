// Variants of a rule for parameters with a treatment of their own. They have the same operands as the rule.
import { add, multiply, splat, subtract } from '../../language/floats.ts';
import type { KernelBuilder } from '../../language/kernel-builder.ts';
import type { Vector } from '../../language/value.ts';
import type { UpdateRule } from './update.ts';

/** The rule with the learning rate multiplied by a factor, with or without weight decay. */
export const tuned = (rule: UpdateRule, factor: number, decays: boolean): UpdateRule => ({
  ...rule,
  name: `${rule.name}, tuned`,
  step(k, now, given) {
    const numbers: Record<string, Vector> = { ...given };
    for (const name of factor === 1 ? [] : rule.ofLearningRate) {
      numbers[name] = k.let(name, multiply(given[name] as Vector, factor));
    }
    for (const name of decays ? [] : rule.ofWeightDecay) numbers[name] = splat(0);
    return rule.step(k, now, numbers);
  },
});

/** Keeps the parameters unchanged. */
export const frozen = (rule: UpdateRule): UpdateRule => ({
  ...rule,
  name: 'frozen',
  step: (k, { w, slots }) => replaced(k, rule, w, slots),
});

/** w ← w + momentum · (g − w), where g is the sum over the shards of their parts of a statistic of the batch. */
export const movingAverage = (rule: UpdateRule, momentum: number): UpdateRule => ({
  ...rule,
  name: 'movingAverage',
  step: (k, { w, g, slots }) => replaced(k, rule, add(w, multiply(momentum, subtract(g, w))), slots),
});

/** The new parameters; slots that start as copies of the parameters stay copies. */
function replaced(k: KernelBuilder, rule: UpdateRule, value: Vector, slots: Readonly<Record<string, Vector>>) {
  const w = k.let('next w', value);
  const next = Object.entries(slots).map(([name, slot]) => [name, rule.slots[name] === 'parameters' ? w : slot]);
  return { w, slots: Object.fromEntries(next) as Readonly<Record<string, Vector>> };
}
