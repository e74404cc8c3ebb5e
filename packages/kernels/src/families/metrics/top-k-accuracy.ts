// How often the right class is among the k classes with the highest logits.
import { add, and, convert, equalTo, lessOrEqual, lessThan, load, or, select, splat } from '../../language/floats.ts';
import { kernel } from '../../language/kernel-builder.ts';
import type { TopKShape } from '../../shapes.ts';
import { addFractionRight, fractionOperands } from '../losses/classification.ts';

/**
 * count += Σ over the samples with weight > 0 of the fraction of their positions at which fewer than k classes rank
 * before the right class: those with a greater logit, and those before it with the same logit. A position with a NaN
 * among its logits is wrong. With k = 1 this is `accuracy`.
 */
export function topKAccuracy(shape: TopKShape) {
  const { classes, k } = shape;
  return kernel('topKAccuracy', fractionOperands(shape), (builder, { x, ...others }) => {
    addFractionRight(builder, shape, others, (position, label) => {
      const own = builder.variable('own', splat(NaN));
      builder.loop('class', 0, classes, (c) => {
        own.set(select(equalTo(label, splat(convert(c))), load(x(c, position)), own.value));
      });
      const ahead = builder.variable('ahead', splat(0));
      builder.loop('class', 0, classes, (c) => {
        const logit = builder.let('logit', load(x(c, position)));
        const tied = and(equalTo(logit, own.value), lessOrEqual(label, splat(convert(c))));
        const isBehind = or(lessThan(logit, own.value), tied);
        // A single NaN puts all classes ahead.
        const count = select(equalTo(logit, logit), 1, classes);
        ahead.set(add(ahead.value, select(isBehind, 0, count)));
      });
      return lessThan(ahead.value, k);
    });
  });
}
