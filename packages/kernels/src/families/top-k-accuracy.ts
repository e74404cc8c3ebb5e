// Counts the samples whose label is among a classifier's first guesses.
import { cells, kernel, scalars } from '../language/kernel-builder.ts';
import type { Kernel } from '../language/statement.ts';
import {
  add,
  and,
  convert,
  equalTo,
  lessOrEqual,
  lessThan,
  load,
  loadScalar,
  or,
  scalarAdd,
  select,
  splat,
  sumLanes,
} from '../language/value.ts';
import type { TopKShape } from '../shapes.ts';

/**
 * count += the number of samples of weight > 0 with fewer than k scores ahead of their label's: greater ones, and equal ones of smaller
 * classes. A sample with a NaN among its scores is wrong. With k = 1 this is `accuracy`.
 *
 * Arguments: x cells (classes), one cell of labels, one cell of weights, count (one float).
 */
export function topKAccuracy({ classes, k }: TopKShape): Kernel {
  const parameters = { x: 'f32[]', labels: 'f32[]', weights: 'f32[]', count: 'f32[]' } as const;
  return kernel('topKAccuracy', parameters, (builder, { x, labels, weights, count }) => {
    const scores = cells(x, [classes]);
    const label = builder.let('label', load(cells(labels, [1])(0)));
    const own = builder.variable('own', splat(NaN));
    builder.loop('class', 0, classes, (c) => {
      own.set(select(equalTo(label, splat(convert(c))), load(scores(c)), own.value));
    });
    const ahead = builder.variable('ahead', splat(0));
    builder.loop('class', 0, classes, (c) => {
      const score = builder.let('score', load(scores(c)));
      const tied = and(equalTo(score, own.value), lessOrEqual(label, splat(convert(c))));
      const isBehind = or(lessThan(score, own.value), tied);
      // A NaN alone puts all classes ahead.
      const places = select(equalTo(score, score), 1, classes);
      ahead.set(add(ahead.value, select(isBehind, 0, places)));
    });
    const isRight = lessThan(ahead.value, k);
    const counts = lessThan(0, load(cells(weights, [1])(0)));
    const total = scalars(count, [1])(0);
    builder.storeScalar(total, scalarAdd(loadScalar(total), sumLanes(select(and(counts, isRight), 1, 0))));
  });
}
