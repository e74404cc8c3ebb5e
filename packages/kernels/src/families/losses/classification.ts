// What losses and metrics of classifiers share: their operands, and the labels of positions.
import { add, convert, divide, equalTo, lessThan, load, max, select, splat } from '../../language/floats.ts';
import type { Index } from '../../language/index-expression.ts';
import type { KernelBuilder } from '../../language/kernel-builder.ts';
import { type Accessor, cells, scalars } from '../../language/operands.ts';
import type { Mask, Vector } from '../../language/value.ts';
import type { ClassificationShape } from '../../shapes.ts';
import { accumulateLanes } from '../math/accumulate.ts';
import { maxOrNaN } from '../math/elementary.ts';

/**
 * The operands that compare logits x with targets: labels (1, positions), or class probabilities (classes, positions).
 * `weights` are sample weights.
 */
export const classificationOperands = ({ classes, positions = 1, targets }: ClassificationShape) => ({
  x: cells(classes, positions),
  targets: targets === 'oneHot' ? cells(classes, positions) : cells(1, positions),
  weights: cells(1),
});

/** The operands of a metric that counts how often a classifier is right. */
export const fractionOperands = (shape: ClassificationShape) => ({
  ...classificationOperands(shape),
  count: scalars(1),
});

/** (class, position) */
type Classes = Accessor<[number, number]>;

interface FractionAccessors {
  readonly targets: Classes;
  readonly weights: Accessor<[number]>;
  readonly count: Accessor<[number]>;
}

/**
 * count += Σ over the samples with weight > 0 of the fraction of their positions at which `isRight` holds. Positions
 * with the ignored label are left out; the fraction of no positions is 0.
 */
export function addFractionRight(
  k: KernelBuilder,
  shape: ClassificationShape,
  { targets, weights, count }: FractionAccessors,
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
  const isCounted = lessThan(0, load(weights(0)));
  const fractions = select(isCounted, divide(right.value, divisor), 0);
  accumulateLanes(k, count(0), fractions, true);
}

/** The label of a position, or the class with the highest probability. */
function labelAt(k: KernelBuilder, shape: ClassificationShape, targets: Classes, position: Index): Vector {
  if (shape.targets !== 'oneHot') return load(targets(0, position));
  return classArgmax(k, shape, targets, position).index;
}

/**
 * The class with the highest number at a position, the first of equal ones, and that number, which is NaN if one of the
 * numbers is NaN.
 */
export function classArgmax(
  k: KernelBuilder,
  { classes }: ClassificationShape,
  numbers: Classes,
  position: Index,
): { readonly index: Vector; readonly highest: Vector } {
  const highest = k.variable('highest', splat(-Infinity));
  const index = k.variable('index', splat(0));
  k.loop('class', 0, classes, (c) => {
    const number = k.let('number', load(numbers(c, position)));
    index.set(select(lessThan(highest.value, number), splat(convert(c)), index.value));
    highest.set(maxOrNaN(highest.value, number));
  });
  return { index: index.value, highest: highest.value };
}
