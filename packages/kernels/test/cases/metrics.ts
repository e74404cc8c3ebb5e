// Metrics: sums over samples to which a kernel adds.
import fc from 'fast-check';
import { absoluteError } from '../../src/families/losses/mean-absolute-error.ts';
import { accuracy } from '../../src/families/metrics/accuracy.ts';
import { binaryAccuracy } from '../../src/families/metrics/binary-accuracy.ts';
import { topKAccuracy } from '../../src/families/metrics/top-k-accuracy.ts';
import type { Kernel } from '../../src/language/kernel.ts';
import type { BufferKind } from '../../src/language/operands.ts';
import * as reference from '../../src/reference/index.ts';
import type { ClassificationShape } from '../../src/shapes.ts';
import { expectClose, SAMPLES, toCells, values } from '../harness.ts';
import { classificationShapes, seeds, topKShapes } from '../shapes.ts';
import { type KernelCases, kernelCases, type Problem, problem } from './kernel-cases.ts';
import { EARLIER, targetsFor, weightsFor } from './losses.ts';
import { ELEMENTARY } from './spared-variables.ts';

/** Some logits are equal and some infinite, one may be NaN. */
function logitsFor({ classes, positions = 1 }: ClassificationShape, seed: number): Float64Array {
  const logits = values(SAMPLES * classes * positions, seed, 1).map((v) =>
    v > 0.95 ? Infinity : v < -0.95 ? -Infinity : Math.round(3 * v),
  );
  if (seed % 2 === 1) logits[seed % logits.length] = NaN;
  return logits;
}

type Fraction<S> = (shape: S, batch: number, logits: Float64Array, targets: ArrayLike<number>) => number;
type FractionKernel = Kernel<{ x: BufferKind; targets: BufferKind; weights: BufferKind; count: BufferKind }>;

/** The sum of the fractions of the samples that count. */
const fractionProblemOf =
  <S extends ClassificationShape>(family: (shape: S) => FractionKernel, fraction: Fraction<S>) =>
  (shape: S, seed: number): Problem => {
    const logits = logitsFor(shape, seed);
    const targets = targetsFor(shape, seed);
    const weights = weightsFor(seed);
    const own = (numbers: Float64Array, n: number) =>
      numbers.subarray((n * numbers.length) / SAMPLES, ((n + 1) * numbers.length) / SAMPLES);
    return problem(
      family(shape),
      {
        x: toCells(logits),
        targets: toCells(targets),
        weights: new Float32Array(weights),
        count: Float32Array.of(EARLIER),
      },
      ({ count }) => {
        const fractions = [...weights.keys()].map((n) =>
          weights[n] === 0 ? 0 : fraction(shape, 1, own(logits, n), own(targets, n)),
        );
        expectClose(count, [EARLIER + fractions.reduce((a, b) => a + b)], 1e-6);
      },
    );
  };

/** A metric that compares element by element, with its options. */
interface ElementwiseMetric {
  kernel(elements: number): Kernel<{ y: BufferKind; t: BufferKind; weights: BufferKind; total: BufferKind }>;
  expected(elements: number, batch: number, output: Float64Array, targets: Float64Array, weights: Float64Array): number;
}

const absolute: ElementwiseMetric = {
  kernel: (elements) => absoluteError({ elements }),
  expected: (elements, ...numbers) => reference.absoluteError({ elements }, ...numbers),
};

const binaryMetric = (threshold: number): ElementwiseMetric => ({
  kernel: (elements) => binaryAccuracy({ elements, threshold }),
  expected: (elements, ...numbers) => reference.binaryAccuracy({ elements, threshold }, ...numbers),
});

function elementwiseProblem({ kernel, expected }: ElementwiseMetric, elements: number, seed: number): Problem {
  const output = values(SAMPLES * elements, seed, 1).map((v) => 3 * v);
  const targets = values(SAMPLES * elements, seed, 2).map((v) => Math.fround((v + 1) / 2));
  const weights = weightsFor(seed);
  return problem(
    kernel(elements),
    {
      y: toCells(output),
      t: toCells(targets),
      weights: new Float32Array(weights),
      total: Float32Array.of(EARLIER),
    },
    ({ total }) => expectClose(total, [EARLIER + expected(elements, SAMPLES, output, targets, weights)], 1e-6),
  );
}

/** One set of logits is too few for all comparisons to matter. */
const SEEDS = [1, 2, 3, 4];
const sizes = fc.integer({ min: 1, max: 12 });
const mutants = { spared: ELEMENTARY };

const elementwiseCases = (metrics: Readonly<Record<string, ElementwiseMetric>>): KernelCases =>
  kernelCases(elementwiseProblem, {
    examples: Object.entries(metrics).map(([title, metric]) => ({
      title,
      problems: SEEDS.map((seed) => [metric, 5, seed] as const),
      mutants,
    })),
    random: Object.entries(metrics).map(([title, metric]) => ({
      title,
      arguments: fc.tuple(fc.constant(metric), sizes, seeds),
    })),
  });

const labels: ClassificationShape = { targets: 'labels', classes: 4, positions: 3, ignoreLabel: 2 };
const distributions: ClassificationShape = { targets: 'oneHot', classes: 4, positions: 3 };
const examplesOf = <S extends ClassificationShape>(shapes: readonly S[]) =>
  shapes.map((shape) => ({
    title: `of ${shape.targets}`,
    problems: SEEDS.map((seed) => [shape, seed] as const),
    mutants,
  }));

export const metricCases = {
  absoluteError: elementwiseCases({ '': absolute }),
  binaryAccuracy: elementwiseCases({ '': binaryMetric(0.5), threshold: binaryMetric(0.7) }),
  accuracy: kernelCases(fractionProblemOf(accuracy, reference.accuracy), {
    examples: [
      ...examplesOf([labels, distributions]),
      { title: 'of one position', problems: [[{ classes: 5 }, 2]], mutants: false },
    ],
    random: [{ arguments: fc.tuple(classificationShapes, seeds) }],
  }),
  topKAccuracy: kernelCases(fractionProblemOf(topKAccuracy, reference.topKAccuracy), {
    examples: [
      ...examplesOf([labels, distributions].map((shape) => ({ ...shape, k: 2 }))),
      { title: 'of one position', problems: [[{ classes: 5, k: 3 }, 2]], mutants: false },
    ],
    random: [{ arguments: fc.tuple(topKShapes, seeds) }],
  }),
} satisfies Readonly<Record<string, KernelCases>>;
