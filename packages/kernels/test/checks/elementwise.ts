// Losses and metrics that go element by element against their twins.
import * as families from '../../src/index.ts';
import * as reference from '../../src/reference/index.ts';
import type { ElementsShape } from '../../src/shapes.ts';
import { expectClose, fromCells, run, SAMPLES, toCells, unchanged, values } from '../harness.ts';
import { weightsFor } from './classification.ts';

/** What the running sums hold before. */
const EARLIER = 0.75;

/** The arguments of a twin behind the shape. */
type Numbers = readonly [batch: number, output: Float64Array, targets: Float64Array, weights: Float64Array];

/** A loss with the options that it is checked with. */
export interface ElementwiseLoss {
  kernel(elements: number): families.Kernel;
  loss(elements: number, ...numbers: Numbers): number;
  gradient(elements: number, ...numbers: Numbers): Float64Array;
  /** Of the outputs; 1 by default. */
  readonly scale?: number;
  /** Whether targets are probabilities. */
  readonly probabilities?: boolean;
}

function elementwise<S extends ElementsShape>(
  kernel: (shape: S) => families.Kernel,
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

const squares = (reduction: families.MeanSquaredErrorReduction) =>
  elementwise(families.meanSquaredError, reference.meanSquaredError, reference.meanSquaredErrorGradient, { reduction });
const huberOf = (delta: number) =>
  elementwise(families.huber, reference.huber, reference.huberGradient, { delta }, { scale: 3 });
const yesOrNo = (options: Omit<families.BinaryCrossEntropyShape, 'elements'>, scale: number) =>
  elementwise(
    families.sigmoidBinaryCrossEntropy,
    reference.sigmoidBinaryCrossEntropy,
    reference.sigmoidBinaryCrossEntropyGradient,
    options,
    { scale, probabilities: true },
  );

export const elementwiseLosses: Readonly<Record<string, ElementwiseLoss>> = {
  'meanSquaredError, mean': squares('mean'),
  'meanSquaredError, halfSum': squares('halfSum'),
  meanAbsoluteError: elementwise(
    families.meanAbsoluteError,
    reference.meanAbsoluteError,
    reference.meanAbsoluteErrorGradient,
    {},
  ),
  huber: huberOf(1),
  'huber, delta': huberOf(0.3),
  sigmoidBinaryCrossEntropy: yesOrNo({}, 4),
  'sigmoidBinaryCrossEntropy of large logits': yesOrNo({}, 200),
  'sigmoidBinaryCrossEntropy, all options': yesOrNo({ labelSmoothing: 0.2, positiveWeight: 2.5 }, 4),
};

/** Some errors are 0, and samples that weigh nothing hold NaN. */
export function checkElementwiseLoss(loss: ElementwiseLoss, elements: number, seed: number, change = unchanged): void {
  const { scale = 1, probabilities = false } = loss;
  const output = values(SAMPLES * elements, seed, 1).map((v) => Math.fround(v * scale));
  const target = values(SAMPLES * elements, seed, 2);
  const targets = probabilities ? target.map((v) => Math.max(0, Math.min(1, Math.fround(v + 0.5)))) : target;
  const weights = weightsFor(seed);
  output.forEach((y, i) => {
    if (weights[Math.floor(i / elements)] === 0) output[i] = NaN;
    else if (!probabilities && i % 3 === 0) targets[i] = y;
  });
  const cells = [toCells(output), toCells(targets), new Float32Array(weights), toCells(output).fill(NaN)];
  const results = run(change(loss.kernel(elements)), [...cells, Float32Array.of(EARLIER)]);
  const numbers = [SAMPLES, output, targets, weights] as const;
  expectClose(results.at(-1)!, [EARLIER + loss.loss(elements, ...numbers)], 1e-6);
  expectClose(fromCells(results[3]!), loss.gradient(elements, ...numbers), 1e-6);
}

/** A metric by the value of one element. */
export interface ElementwiseMetric {
  kernel(elements: number): families.Kernel;
  element(y: number, t: number): number;
}

export const elementwiseMetrics: Readonly<Record<string, ElementwiseMetric>> = {
  absoluteError: {
    kernel: (elements) => families.absoluteError({ elements }),
    element: (y, t) => Math.abs(y - t),
  },
  binaryAccuracy: {
    kernel: (elements) => families.binaryAccuracy({ elements, threshold: 0.5 }),
    element: (y, t) => Number(y > 0 === t > 0.5),
  },
  'binaryAccuracy, threshold': {
    kernel: (elements) => families.binaryAccuracy({ elements, threshold: 0.7 }),
    element: (y, t) => Number(1 / (1 + Math.exp(-y)) > 0.7 === t > 0.5),
  },
};

export function checkElementwiseMetric(
  { kernel, element }: ElementwiseMetric,
  elements: number,
  seed: number,
  change = unchanged,
): void {
  const output = values(SAMPLES * elements, seed, 1).map((v) => 3 * v);
  const targets = values(SAMPLES * elements, seed, 2).map((v) => Math.fround((v + 1) / 2));
  const weights = weightsFor(seed);
  const cells = [toCells(output), toCells(targets), new Float32Array(weights), Float32Array.of(EARLIER)];
  const expected = output.reduce(
    (sum, y, i) => sum + (weights[Math.floor(i / elements)] === 0 ? 0 : element(y, targets[i]!) / elements),
    0,
  );
  expectClose(run(change(kernel(elements)), cells).at(-1)!, [EARLIER + expected], 1e-6);
}
