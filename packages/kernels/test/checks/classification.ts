// Cross-entropies and the fractions of right guesses against their twins.
import * as families from '../../src/index.ts';
import * as reference from '../../src/reference/index.ts';
import type { ClassificationShape, CrossEntropyShape, TopKShape } from '../../src/shapes.ts';
import { expectClose, fromCells, run, SAMPLES, toCells, unchanged, values } from '../harness.ts';

/** What the running sums hold before. */
const EARLIER = 0.75;

/** Some samples weigh nothing, the others differ. */
export const weightsFor = (seed: number) => values(SAMPLES, seed, 3).map((v) => (v < -0.3 ? 0 : Math.abs(v)));

/** Labels, some of them ignored where that can be, or distributions that need not sum to 1 and have some zeros. */
export function targetsFor(shape: ClassificationShape, seed: number): Float64Array {
  const { classes, positions = 1, targets, ignoreLabel } = shape;
  if (targets === 'oneHot') return values(SAMPLES * classes * positions, seed, 4).map((v) => Math.max(0, v));
  return values(SAMPLES * positions, seed, 4).map((v, i) =>
    ignoreLabel !== undefined && i % 4 === 3 ? ignoreLabel : Math.floor(((v + 1) / 2) * classes),
  );
}

/**
 * Logits in ±scale, NaN in samples that weigh nothing. With `far`, the logits of the first two positions are so far from the highest, which is
 * right, that the differences are −∞.
 */
export function checkSoftmaxCrossEntropy(
  shape: CrossEntropyShape,
  seed: number,
  { scale = 1, far = false } = {},
  change = unchanged,
): void {
  const { classes, positions = 1 } = shape;
  const logits = values(SAMPLES * classes * positions, seed, 1).map((v) => Math.fround(v * scale));
  const targets = targetsFor(shape, seed);
  if (far) {
    logits.forEach((_, i) => {
      const [c, position] = [Math.floor(i / positions) % classes, i % positions];
      if (position >= 2) return;
      logits[i] = c === position ? 3e38 : -3e38;
      if (shape.targets === 'oneHot') targets[i] = c === position ? 0.7 : 0;
      else targets[Math.floor(i / (classes * positions)) * positions + position] = position;
    });
  }
  const weights = weightsFor(seed);
  logits.forEach((_, i) => {
    if (weights[Math.floor(i / (classes * positions))] === 0) logits[i] = NaN;
  });
  const cells = [toCells(logits), toCells(targets), new Float32Array(weights), toCells(logits).fill(NaN)];
  const results = run(change(families.softmaxCrossEntropy(shape)), [...cells, Float32Array.of(EARLIER)]);
  const given = [shape, SAMPLES, logits, targets, weights] as const;
  expectClose(results.at(-1)!, [EARLIER + reference.softmaxCrossEntropy(...given)], 1e-6);
  expectClose(fromCells(results[3]!), reference.softmaxCrossEntropyGradient(...given), 1e-6);
}

/** Some scores are equal and some infinite, one may be NaN. */
function scoresFor({ classes, positions = 1 }: ClassificationShape, seed: number): Float64Array {
  const scores = values(SAMPLES * classes * positions, seed, 1).map((v) =>
    v > 0.95 ? Infinity : v < -0.95 ? -Infinity : Math.round(3 * v),
  );
  if (seed % 2 === 1) scores[seed % scores.length] = NaN;
  return scores;
}

type Fraction<S> = (shape: S, batch: number, scores: Float64Array, targets: ArrayLike<number>) => number;

/** Σ over the samples that count of the twin's fraction. */
function checkFraction<S extends ClassificationShape>(
  kernel: (shape: S) => families.Kernel,
  twin: Fraction<S>,
  shape: S,
  seed: number,
  change = unchanged,
): void {
  const scores = scoresFor(shape, seed);
  const targets = targetsFor(shape, seed);
  const weights = weightsFor(seed);
  const cells = [toCells(scores), toCells(targets), new Float32Array(weights), Float32Array.of(EARLIER)];
  const own = (numbers: Float64Array, n: number) =>
    numbers.subarray((n * numbers.length) / SAMPLES, ((n + 1) * numbers.length) / SAMPLES);
  const expected = [...weights.keys()].map((n) =>
    weights[n] === 0 ? 0 : twin(shape, 1, own(scores, n), own(targets, n)),
  );
  const sum = expected.reduce((a, b) => a + b);
  expectClose(run(change(kernel(shape)), cells).at(-1)!, [EARLIER + sum], 1e-6);
}

export const checkAccuracy = (shape: ClassificationShape, seed: number, change = unchanged): void =>
  checkFraction(families.accuracy, reference.accuracy, shape, seed, change);

export const checkTopKAccuracy = (shape: TopKShape, seed: number, change = unchanged): void =>
  checkFraction(families.topKAccuracy, reference.topKAccuracy, shape, seed, change);
