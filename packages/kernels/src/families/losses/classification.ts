// What the kernels that compare scores with classes have in common.
import type { Index } from '../../language/index-expression.ts';
import { cells, type KernelBuilder, scalars } from '../../language/kernel-builder.ts';
import {
  add,
  type Buffer,
  convert,
  divide,
  equalTo,
  lessThan,
  load,
  loadScalar,
  type Mask,
  max,
  scalarAdd,
  select,
  splat,
  sumLanes,
  type Vector,
} from '../../language/value.ts';
import type { ClassificationShape } from '../../shapes.ts';
import { maxOrNaN } from '../math/elementary.ts';

/** The buffers behind the scores: targets, one cell of weights, and one float for the result. */
export interface FractionBuffers {
  readonly targets: Buffer;
  readonly weights: Buffer;
  readonly count: Buffer;
}

/**
 * count += Σ over the samples of weight > 0 of the fraction of their positions at which `isRight` holds. Ignored positions are left out; the
 * fraction of none is 0.
 */
export function addFractionRight(
  k: KernelBuilder,
  shape: ClassificationShape,
  { targets, weights, count }: FractionBuffers,
  isRight: (position: Index, label: Vector) => Mask,
): void {
  const { positions = 1, ignoreLabel } = shape;
  const right = k.variable('right', splat(0));
  const kept = k.variable('kept', splat(0));
  k.loop('position', 0, positions, (position) => {
    const label = k.let('label', labelAt(k, shape, targets, position));
    const isHit = isRight(position, label);
    if (ignoreLabel === undefined) right.set(add(right.value, select(isHit, 1, 0)));
    else {
      const isIgnored = equalTo(label, ignoreLabel);
      right.set(add(right.value, select(isIgnored, 0, select(isHit, 1, 0))));
      kept.set(add(kept.value, select(isIgnored, 0, 1)));
    }
  });
  const divisor = ignoreLabel === undefined ? positions : max(kept.value, 1);
  const isCounted = lessThan(0, load(cells(weights, [1])(0)));
  const total = scalars(count, [1])(0);
  const fractions = select(isCounted, divide(right.value, divisor), 0);
  k.storeScalar(total, scalarAdd(loadScalar(total), sumLanes(fractions)));
}

/** The label that the targets give, or the class that they give the highest probability. */
function labelAt(k: KernelBuilder, shape: ClassificationShape, targets: Buffer, position: Index): Vector {
  const { positions = 1, targets: kind } = shape;
  if (kind !== 'oneHot') return load(cells(targets, [positions])(position));
  return firstHighest(k, shape, targets, position).winner;
}

/** The class of the highest number at a position, of equal ones the first, and that number, which is NaN if there is a NaN among them. */
export function firstHighest(
  k: KernelBuilder,
  { classes, positions = 1 }: ClassificationShape,
  buffer: Buffer,
  position: Index,
): { readonly winner: Vector; readonly highest: Vector } {
  const numbers = cells(buffer, [classes, positions]);
  const highest = k.variable('highest', splat(-Infinity));
  const winner = k.variable('winner', splat(0));
  k.loop('class', 0, classes, (c) => {
    const number = k.let('number', load(numbers(c, position)));
    winner.set(select(lessThan(highest.value, number), splat(convert(c)), winner.value));
    highest.set(maxOrNaN(highest.value, number));
  });
  return { winner: winner.value, highest: highest.value };
}
