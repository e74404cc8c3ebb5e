// Losses, with their gradients.
import fc from 'fast-check';
import { huber } from '../../src/families/losses/huber.ts';
import { meanAbsoluteError } from '../../src/families/losses/mean-absolute-error.ts';
import { meanSquaredError } from '../../src/families/losses/mean-squared-error.ts';
import { sigmoidBinaryCrossEntropy } from '../../src/families/losses/sigmoid-binary-cross-entropy.ts';
import { softmaxCrossEntropy } from '../../src/families/losses/softmax-cross-entropy.ts';
import type { Kernel } from '../../src/language/kernel.ts';
import type { BufferKind } from '../../src/language/operands.ts';
import * as reference from '../../src/reference/index.ts';
import type {
  BinaryCrossEntropyShape,
  ClassificationShape,
  CrossEntropyShape,
  ElementsShape,
  HuberShape,
  MeanSquaredErrorReduction,
} from '../../src/shapes.ts';
import { expectClose, fromCells, SAMPLES, toCells, values } from '../harness.ts';
import { crossEntropyShapes, seeds } from '../shapes.ts';
import { type KernelCases, kernelCases, type Problem, problem } from './kernel-cases.ts';
import { ELEMENTARY } from './spared-variables.ts';

/** The content of sums to which a kernel adds. */
export const EARLIER = 0.75;

/** Some samples have weight 0, the others differ. */
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
 * Logits in ±scale, NaN in samples of weight 0. With `far`, the logits of the first two positions are so far below the
 * highest one, which is right, that the differences are −∞.
 */
function crossEntropyProblem(shape: CrossEntropyShape, seed: number, { scale = 1, far = false } = {}): Problem {
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
  return problem(
    softmaxCrossEntropy(shape),
    {
      x: toCells(logits),
      targets: toCells(targets),
      weights: new Float32Array(weights),
      dx: toCells(logits).fill(NaN),
      loss: Float32Array.of(EARLIER),
    },
    ({ dx, loss }) => {
      const given = [shape, SAMPLES, logits, targets, weights] as const;
      expectClose(loss, [EARLIER + reference.softmaxCrossEntropy(...given)], 1e-6);
      expectClose(fromCells(dx), reference.softmaxCrossEntropyGradient(...given), 1e-6);
    },
  );
}

/** The arguments of a reference after the shape. */
type Numbers = readonly [batch: number, output: Float64Array, targets: Float64Array, weights: Float64Array];

/** A loss that compares element by element, with options. */
export interface ElementwiseLoss {
  kernel(
    elements: number,
  ): Kernel<{ y: BufferKind; t: BufferKind; weights: BufferKind; dy: BufferKind; loss: BufferKind }>;
  loss(elements: number, ...numbers: Numbers): number;
  gradient(elements: number, ...numbers: Numbers): Float64Array;
  /** The size of the outputs; 1 by default. */
  readonly scale?: number;
  /** Whether targets are probabilities. */
  readonly probabilities?: boolean;
}

function elementwise<S extends ElementsShape>(
  kernel: (shape: S) => ReturnType<ElementwiseLoss['kernel']>,
  loss: (shape: S, ...numbers: Numbers) => number,
  gradient: (shape: S, ...numbers: Numbers) => Float64Array,
  options: Omit<S, 'elements'>,
  how: Pick<ElementwiseLoss, 'scale' | 'probabilities'> = {},
): ElementwiseLoss {
  const shape = (elements: number) => ({ ...options, elements }) as S;
  return {
    ...how,
    kernel: (elements) => kernel(shape(elements)),
    loss: (elements, ...numbers) => loss(shape(elements), ...numbers),
    gradient: (elements, ...numbers) => gradient(shape(elements), ...numbers),
  };
}

const squares = (reduction: MeanSquaredErrorReduction) =>
  elementwise(meanSquaredError, reference.meanSquaredError, reference.meanSquaredErrorGradient, { reduction });
const huberOf = (delta: number) =>
  elementwise<HuberShape>(huber, reference.huber, reference.huberGradient, { delta }, { scale: 3 });
const binary = (options: Omit<BinaryCrossEntropyShape, 'elements'>, scale: number) =>
  elementwise(
    sigmoidBinaryCrossEntropy,
    reference.sigmoidBinaryCrossEntropy,
    reference.sigmoidBinaryCrossEntropyGradient,
    options,
    { scale, probabilities: true },
  );

/** By family, then by title. */
export const elementwiseLosses = {
  meanSquaredError: { mean: squares('mean'), halfSum: squares('halfSum') },
  meanAbsoluteError: {
    '': elementwise(meanAbsoluteError, reference.meanAbsoluteError, reference.meanAbsoluteErrorGradient, {}),
  },
  huber: { '': huberOf(1), delta: huberOf(0.3) },
  sigmoidBinaryCrossEntropy: {
    '': binary({}, 4),
    'large logits': binary({}, 200),
    'all options': binary({ labelSmoothing: 0.2, positiveWeight: 2.5 }, 4),
  },
} satisfies Readonly<Record<string, Readonly<Record<string, ElementwiseLoss>>>>;

/** Some errors are 0, and samples of weight 0 hold NaN. */
function elementwiseProblem(loss: ElementwiseLoss, elements: number, seed: number): Problem {
  const { scale = 1, probabilities = false } = loss;
  const output = values(SAMPLES * elements, seed, 1).map((v) => Math.fround(v * scale));
  const target = values(SAMPLES * elements, seed, 2);
  const targets = probabilities ? target.map((v) => Math.max(0, Math.min(1, Math.fround(v + 0.5)))) : target;
  const weights = weightsFor(seed);
  output.forEach((y, i) => {
    if (weights[Math.floor(i / elements)] === 0) output[i] = NaN;
    else if (!probabilities && i % 3 === 0) targets[i] = y;
  });
  return problem(
    loss.kernel(elements),
    {
      y: toCells(output),
      t: toCells(targets),
      weights: new Float32Array(weights),
      dy: toCells(output).fill(NaN),
      loss: Float32Array.of(EARLIER),
    },
    (results) => {
      const numbers = [SAMPLES, output, targets, weights] as const;
      expectClose(results.loss, [EARLIER + loss.loss(elements, ...numbers)], 1e-6);
      expectClose(fromCells(results.dy), loss.gradient(elements, ...numbers), 1e-6);
    },
  );
}

const sizes = fc.integer({ min: 1, max: 12 });

const elementwiseCases = (losses: Readonly<Record<string, ElementwiseLoss>>): KernelCases =>
  kernelCases(elementwiseProblem, {
    examples: Object.entries(losses).map(([title, loss]) => ({
      title,
      problems: [[loss, 5, 1]],
      mutants: title === 'large logits' ? false : { spared: ELEMENTARY },
    })),
    random: Object.entries(losses).map(([title, loss]) => ({
      title,
      arguments: fc.tuple(fc.constant(loss), sizes, seeds),
    })),
  });

const labels: CrossEntropyShape = {
  targets: 'labels',
  ...{ classes: 4, positions: 3, ignoreLabel: 2, classWeights: [2, 2, 2, 2] },
};
const distributions: CrossEntropyShape = {
  targets: 'oneHot',
  ...{ classes: 4, positions: 3, classWeights: [0.5, 2, 2, 3] },
};
const smoothed: CrossEntropyShape = {
  classes: 5,
  positions: 4,
  labelSmoothing: 0.2,
  classWeights: [2, 2, 1, 1, 3],
  ignoreLabel: 5,
};

export const lossCases = {
  softmaxCrossEntropy: kernelCases(crossEntropyProblem, {
    examples: [
      ...[labels, distributions].map((shape) => ({
        title: `of ${shape.targets}`,
        problems: [
          [shape, 1, { scale: 4 }],
          [shape, 1, { far: true }],
        ] as const,
        mutants: { spared: ELEMENTARY },
      })),
      { title: 'with label smoothing', problems: [[smoothed, 1]], mutants: false },
      { title: 'of one position', problems: [[{ classes: 5 }, 1]], mutants: false },
    ],
    random: [
      {
        arguments: fc
          .tuple(crossEntropyShapes, fc.constantFrom(1, 10, 300), seeds)
          .map(([shape, scale, seed]) => [shape, seed, { scale }] as const),
      },
    ],
  }),
  meanSquaredError: elementwiseCases(elementwiseLosses.meanSquaredError),
  meanAbsoluteError: elementwiseCases(elementwiseLosses.meanAbsoluteError),
  huber: elementwiseCases(elementwiseLosses.huber),
  sigmoidBinaryCrossEntropy: elementwiseCases(elementwiseLosses.sigmoidBinaryCrossEntropy),
} satisfies Readonly<Record<string, KernelCases>>;
