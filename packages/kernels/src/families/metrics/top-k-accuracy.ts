// How often the right class is among a classifier's first guesses.

import { add, and, convert, equalTo, lessOrEqual, lessThan, load, or, select, splat } from '../../language/floats.ts';
import { kernel } from '../../language/kernel-builder.ts';
import type { TopKShape } from '../../shapes.ts';
import { addFractionRight, fractionOperands } from '../losses/classification.ts';

/**
 * count += Σ over the samples of weight > 0 of the fraction of their positions with fewer than k scores ahead of that of the right class:
 * greater ones, and equal ones of smaller classes. A position with a NaN among its scores is wrong. With k = 1 this is `accuracy`.
 *
 * Arguments: x cells (classes, positions), cells of labels (positions) or of distributions as x, one cell of weights, count (one float).
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
        const score = builder.let('score', load(x(c, position)));
        const tied = and(equalTo(score, own.value), lessOrEqual(label, splat(convert(c))));
        const isBehind = or(lessThan(score, own.value), tied);
        // A NaN alone puts all classes ahead.
        const places = select(equalTo(score, score), 1, classes);
        ahead.set(add(ahead.value, select(isBehind, 0, places)));
      });
      return lessThan(ahead.value, k);
    });
  });
}
