// Counts the samples that a classifier gets right.
import { cells, kernel, scalars } from '../language/kernel-builder.ts';
import type { Kernel } from '../language/statement.ts';
import {
  and,
  convert,
  equalTo,
  lessThan,
  load,
  loadScalar,
  scalarAdd,
  select,
  splat,
  sumLanes,
} from '../language/value.ts';
import type { ClassificationShape } from '../shapes.ts';
import { maxOrNaN } from './elementary.ts';

/**
 * count += the number of samples of weight > 0 whose highest score, of equal ones the first, is their label's. A sample with a NaN among
 * its scores is wrong.
 *
 * Arguments: x cells (classes), one cell of labels, one cell of weights, count (one float).
 */
export function accuracy({ classes }: ClassificationShape): Kernel {
  const parameters = { x: 'f32[]', labels: 'f32[]', weights: 'f32[]', count: 'f32[]' } as const;
  return kernel('accuracy', parameters, (k, { x, labels, weights, count }) => {
    const scores = cells(x, [classes]);
    const highest = k.variable('highest', splat(-Infinity));
    const winner = k.variable('winner', splat(0));
    k.loop('class', 0, classes, (c) => {
      const score = k.let('score', load(scores(c)));
      winner.set(select(lessThan(highest.value, score), splat(convert(c)), winner.value));
      highest.set(maxOrNaN(highest.value, score));
    });
    const isRight = and(equalTo(winner.value, load(cells(labels, [1])(0))), equalTo(highest.value, highest.value));
    const counts = lessThan(0, load(cells(weights, [1])(0)));
    const total = scalars(count, [1])(0);
    k.storeScalar(total, scalarAdd(loadScalar(total), sumLanes(select(and(counts, isRight), 1, 0))));
  });
}
