// Softmax and cross-entropy in one: the loss of a classifier and its gradient in one kernel.
import { add, convert, divide, equalTo, load, max, multiply, select, splat, subtract } from '../../language/floats.ts';
import type { Index } from '../../language/index-expression.ts';
import { type KernelBuilder, kernel } from '../../language/kernel-builder.ts';
import { type Accessor, cells, scalars } from '../../language/operands.ts';
import type { Vector } from '../../language/value.ts';
import type { CrossEntropyShape } from '../../shapes.ts';
import { accumulateLanes } from '../math/accumulate.ts';
import { exponential, logarithm } from '../math/elementary.ts';
import { classificationOperands } from './classification.ts';

/**
 * With t′ as in `CrossEntropyShape` and m = max x:
 * loss += Σ weight / positions · Σ over positions of Σ t′[k] · (log Σ e^(x − m) − (x[k] − m)) over the samples,
 * ∂loss/∂x[k] = weight / positions · (Σ t′ · e^(x[k] − m) / Σ e^(x − m) − t′[k]).
 * A label stands for the distribution that is 1 at its class and 0 elsewhere, an ignored one for zeros. Sums over
 * classes in order, then over positions in order, then `sumLanes`. A class with t′ = 0 adds nothing, even if its logit
 * is −∞. A sample of weight 0 adds nothing and has gradient 0, whatever its numbers are. dx may be x.
 */
export function softmaxCrossEntropy(shape: CrossEntropyShape) {
  const { classes, positions = 1 } = shape;
  const operands = { ...classificationOperands(shape), dx: cells(classes, positions), loss: scalars(1) };
  return kernel('softmaxCrossEntropy', operands, (k, { x, targets, weights, dx, loss }) => {
    const weight = k.let('weight', load(weights(0)));
    const factor = k.let('factor', divide(weight, positions));
    const isMasked = equalTo(weight, 0);
    const losses = k.variable('losses', splat(0));
    k.loop('position', 0, positions, (position) => {
      const targetOf = targetsAt(k, shape, targets, position);
      const largest = k.variable('largest', splat(-Infinity));
      k.loop('class', 0, classes, (c) => largest.set(max(largest.value, load(x(c, position)))));

      // dx holds the exponentials until their sum is known.
      const sum = k.variable('sum', splat(0));
      const mass = k.variable('mass', splat(0));
      const aligned = k.variable('aligned', splat(0));
      forEachClass(k, shape, (c, classWeight) => {
        const shifted = k.let('shifted', subtract(load(x(c, position)), largest.value));
        const target = k.let('target', targetOf(c, classWeight));
        mass.set(add(mass.value, target));
        aligned.set(add(aligned.value, select(equalTo(target, 0), 0, multiply(target, shifted))));
        const power = k.let('power', exponential(k, shifted));
        sum.set(add(sum.value, power));
        k.store(dx(c, position), power);
      });

      forEachClass(k, shape, (c, classWeight) => {
        const probability = divide(load(dx(c, position)), sum.value);
        const difference = subtract(multiply(mass.value, probability), targetOf(c, classWeight));
        k.store(dx(c, position), select(isMasked, 0, multiply(factor, difference)));
      });
      const logarithmOfSum = k.let('logarithmOfSum', logarithm(k, sum.value));
      losses.set(add(losses.value, subtract(multiply(mass.value, logarithmOfSum), aligned.value)));
    });
    const weighted = select(isMasked, 0, multiply(factor, losses.value));
    accumulateLanes(k, loss(0), weighted, true);
  });
}

/** t′ of each class at a position. */
function targetsAt(
  k: KernelBuilder,
  { classes, targets: kind, ignoreLabel, labelSmoothing = 0 }: CrossEntropyShape,
  targets: Accessor<[number, number]>,
  position: Index,
): (c: Index, classWeight: number) => Vector {
  const smallest = labelSmoothing / classes;
  if (kind === 'oneHot') {
    return (c, classWeight) => {
      const target = load(targets(c, position));
      const smoothed = labelSmoothing === 0 ? target : add(multiply(target, 1 - labelSmoothing), smallest);
      return classWeight === 1 ? smoothed : multiply(smoothed, classWeight);
    };
  }
  const label = k.let('label', load(targets(0, position)));
  return (c, classWeight) => {
    const isRight = equalTo(label, splat(convert(c)));
    const target = select(isRight, classWeight * (1 - labelSmoothing + smallest), classWeight * smallest);
    return ignoreLabel === undefined ? target : select(equalTo(label, ignoreLabel), 0, target);
  };
}

/** Visits the classes in order, with one loop for each run of classes of equal weight. */
function forEachClass(
  k: KernelBuilder,
  { classes, classWeights = Array<number>(classes).fill(1) }: CrossEntropyShape,
  body: (c: Index, classWeight: number) => void,
): void {
  for (let first = 0, end = 1; first < classes; first = end++) {
    const classWeight = classWeights[first] as number;
    while (classWeights[end] === classWeight) end++;
    k.loop('class', first, end, (c) => body(c, classWeight));
  }
}
