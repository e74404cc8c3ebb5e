// Losses and metrics: the values and gradients of their kernels, in a model that returns its input.
import * as reference from '@convoy/kernels/reference';
import {
  absoluteError,
  accuracy,
  binaryAccuracy,
  createLearner,
  dense,
  flatten,
  huber,
  type Loss,
  type Metric,
  maxPool2d,
  meanAbsoluteError,
  meanSquaredError,
  relu,
  sequential,
  sgd,
  sigmoidBinaryCrossEntropy,
  softmaxCrossEntropy,
  topKAccuracy,
} from '@convoy/layers';
import { lossDefinitionOf } from '@convoy/layers/compile';
import { type Shape, sizeOf } from '@convoy/tensor';
import { describe, expect, test } from 'vitest';
import { expectClose, expectConvoyError } from './expectations.ts';
import { randomNumbers, tensorOf } from './numbers.ts';

const optimizer = sgd({ learningRate: 0 });

/** A learner whose outputs are its inputs: features or planes. */
function passingOn(loss: Loss, output: Shape, metrics: readonly Metric[] = []) {
  const model = sequential({ input: output }, [output.length === 1 ? flatten() : maxPool2d({ size: 1 })]);
  return createLearner({ model, loss, optimizer, batchSize: 200, metrics });
}

const classes = 5;
const labelsFor = (samples: number) => Int32Array.from({ length: samples }, (_, i) => (i * i + 2) % classes);

interface LossCase {
  readonly title: string;
  readonly loss: Loss;
  targets(samples: number): Float64Array | Int32Array;
  /** Default [classes]. */
  readonly output?: Shape;
  /** The factor of the predictions, which are between −1 and 1; default 1. */
  readonly scale?: number;
}

const values = (samples: number) => randomNumbers(samples * classes, 'targets');
const probabilities = (samples: number) => values(samples).map((t) => Math.fround((t + 1) / 2));
const oneHot = (samples: number) =>
  Float64Array.from({ length: samples * classes }, (_, i) => Number(i % classes === Math.floor(i / classes) % classes));
/** 6 pixels per sample. */
const pixels: Shape = [classes, 2, 3];
const pixelLabels = (samples: number) => labelsFor(6 * samples);
const withVoid = (samples: number) => pixelLabels(samples).map((label, i) => (i % 4 === 1 ? 255 : label));
const classWeights = [1, 2, 2, 0.5, 0];

const cases: readonly LossCase[] = [
  { title: 'softmaxCrossEntropy', loss: softmaxCrossEntropy(), targets: labelsFor },
  { title: 'softmaxCrossEntropy of logits far apart', loss: softmaxCrossEntropy(), targets: labelsFor, scale: 30 },
  {
    title: 'softmaxCrossEntropy with smoothing and class weights',
    loss: softmaxCrossEntropy({ labelSmoothing: 0.1, classWeights }),
    targets: labelsFor,
  },
  { title: 'softmaxCrossEntropy, one-hot', loss: softmaxCrossEntropy({ targets: 'oneHot' }), targets: oneHot },
  {
    title: 'softmaxCrossEntropy of probabilities, with smoothing and class weights',
    loss: softmaxCrossEntropy({ targets: 'oneHot', labelSmoothing: 0.2, classWeights }),
    targets: probabilities,
  },
  { title: 'softmaxCrossEntropy of pixels', loss: softmaxCrossEntropy(), targets: pixelLabels, output: pixels },
  {
    title: 'softmaxCrossEntropy of pixels, some of them void',
    loss: softmaxCrossEntropy({ ignoreLabel: 255, labelSmoothing: 0.1, classWeights }),
    targets: withVoid,
    output: pixels,
  },
  {
    title: 'softmaxCrossEntropy of pixels, one-hot',
    loss: softmaxCrossEntropy({ targets: 'oneHot' }),
    targets: (samples) => probabilities(6 * samples),
    output: pixels,
  },
  { title: 'meanSquaredError', loss: meanSquaredError(), targets: values },
  {
    title: "meanSquaredError with reduction 'halfSum'",
    loss: meanSquaredError({ reduction: 'halfSum' }),
    targets: values,
  },
  { title: 'meanAbsoluteError', loss: meanAbsoluteError(), targets: values },
  { title: 'huber', loss: huber(), targets: values },
  { title: 'huber with a small delta', loss: huber({ delta: 0.25 }), targets: values },
  { title: 'sigmoidBinaryCrossEntropy', loss: sigmoidBinaryCrossEntropy(), targets: oneHot, scale: 9 },
  {
    title: 'sigmoidBinaryCrossEntropy with smoothing and a positive weight',
    loss: sigmoidBinaryCrossEntropy({ labelSmoothing: 0.1, positiveWeight: 3 }),
    targets: probabilities,
  },
];

describe.each(cases)('$title', ({ loss, targets, output = [classes], scale = 1 }) => {
  const of = (samples: number) => randomNumbers(samples * sizeOf(output), 'predictions').map((x) => scale * x);
  const referenceLoss = lossDefinitionOf(loss).reference;
  const weightsFor = (samples: number) => new Float64Array(samples).fill(1 / samples);

  // Full shards of two blocks; lanes without a sample in the second block, in the first block, and all lanes but one.
  test.each([200, 13, 5, 1])('agrees with the reference on %i samples', (samples) => {
    const given = [loss.settings, output, samples, of(samples), targets(samples), weightsFor(samples)] as const;
    const learner = passingOn(loss, output);
    const { scores, inputs } = learner.gradients(tensorOf(of(samples), [samples, ...output]), targets(samples));
    const expected = referenceLoss.loss(...given);
    expectClose('loss', [scores.loss], [expected], 1e-6);
    // Times the number of samples, so that the tolerance means the same for all of them.
    const perSample = (numbers: ArrayLike<number>) => Array.from(numbers, (x) => x * samples);
    expectClose('gradient', perSample(inputs.data), perSample(referenceLoss.gradient(...given)), 1e-6);
  });

  test('has a reference whose gradient agrees with central differences', () => {
    const samples = 4;
    const weights = randomNumbers(samples, 'weights');
    const at = of(samples);
    const f = (y: Float64Array) => referenceLoss.loss(loss.settings, output, samples, y, targets(samples), weights);
    const gradient = referenceLoss.gradient(loss.settings, output, samples, at, targets(samples), weights);
    expect(reference.gradientMismatch(f, at, gradient)).toBeUndefined();
    const flipped = gradient.map((g) => -g);
    expect(reference.gradientMismatch(f, at, flipped)).toBeDefined();
  });

  test('is structured-clonable', () => {
    const learner = passingOn(structuredClone(loss), output);
    const inputs = tensorOf(of(9), [9, ...output]);
    expect(learner.gradients(inputs, targets(9))).toEqual(passingOn(loss, output).gradients(inputs, targets(9)));
  });
});

test('softmaxCrossEntropy of equal logits is the logarithm of their number, and 0 for a certain and right prediction', () => {
  const learner = passingOn(softmaxCrossEntropy(), [4]);
  const lossOf = (logits: number[], label: number) => learner.gradients(tensorOf(logits, [1, 4]), [label]).scores.loss;
  expect(lossOf([7, 7, 7, 7], 2)).toBeCloseTo(Math.log(4), 6);
  expect(lossOf([0, 0, 1000, 0], 2)).toBe(0);
  expect(lossOf([0, 0, 1000, 0], 1)).toBe(1000);
  expect(lossOf([-1000, -1000, -1000, 0], 3)).toBe(0);
});

test('meanSquaredError by hand: the mean of 1² and 3² is 5, and so is half of their sum', () => {
  const lossOf = (loss: Loss) => passingOn(loss, [2]).gradients(tensorOf([1, 5], [1, 2]), [0, 2]).scores.loss;
  expect(lossOf(meanSquaredError())).toBe(5);
  expect(lossOf(meanSquaredError({ reduction: 'halfSum' }))).toBe(5);
  const three = (loss: Loss) => passingOn(loss, [3]).gradients(tensorOf([1, 5, 0], [1, 3]), [0, 2, 2]).scores.loss;
  expect(three(meanSquaredError())).toBeCloseTo(14 / 3, 6);
  expect(three(meanSquaredError({ reduction: 'halfSum' }))).toBe(7);
});

test('meanSquaredError takes outputs and targets of any shape', () => {
  const model = sequential({ input: [2, 2, 3] }, [relu()]);
  const learner = createLearner({ model, loss: meanSquaredError(), optimizer, batchSize: 8 });
  const x = randomNumbers(24, 'input');
  const targets = tensorOf(randomNumbers(24, 'target'), [2, 2, 2, 3]);
  const squares = x.map((value, i) => (Math.max(0, value) - (targets.data[i] as number)) ** 2);
  const expected = squares.reduce((sum, square) => sum + square, 0) / 24;
  expect(learner.gradients(tensorOf(x, [2, 2, 2, 3]), targets).scores.loss).toBeCloseTo(expected, 6);
});

describe('accuracy', () => {
  const learner = passingOn(softmaxCrossEntropy(), [classes], [accuracy()]);

  test.each([200, 13, 8, 1])('agrees with the reference on %i samples', (samples) => {
    const scores = randomNumbers(samples * classes, `scores of ${samples}`);
    const labels = labelsFor(samples);
    const expected = reference.accuracy({ classes }, samples, scores, labels);
    const actual = learner.gradients(tensorOf(scores, [samples, classes]), labels).scores;
    expect(actual).toEqual({ loss: expect.any(Number), accuracy: expected });
  });

  test('counts the first of equal outputs', () => {
    const even = tensorOf([1, 3, 3, 0, 3], [1, classes]);
    for (const label of [0, 1, 2, 4]) {
      expect(learner.gradients(even, [label]).scores).toMatchObject({ accuracy: label === 1 ? 1 : 0 });
    }
  });

  test.each([200, 13, 1])('is the mean over pixels, without those that the loss ignores, on %i samples', (samples) => {
    const scores = randomNumbers(samples * sizeOf(pixels), `scores of ${samples}`);
    const labels = withVoid(samples);
    const metrics = [accuracy(), topKAccuracy({ k: 2 })];
    const ignoring = passingOn(softmaxCrossEntropy({ ignoreLabel: 255 }), pixels, metrics);
    const shape = { classes, positions: 6, ignoreLabel: 255 };
    expect(ignoring.gradients(tensorOf(scores, [samples, ...pixels]), labels).scores).toMatchObject({
      accuracy: expect.closeTo(reference.accuracy(shape, samples, scores, labels), 6),
      top2Accuracy: expect.closeTo(reference.topKAccuracy({ ...shape, k: 2 }, samples, scores, labels), 6),
    });
  });

  test('takes the class of the largest number of one-hot targets', () => {
    const targets = [accuracy(), topKAccuracy({ k: 2 })];
    const ofDistributions = passingOn(softmaxCrossEntropy({ targets: 'oneHot' }), [3], targets);
    const scores = tensorOf([3, 2, 1, 1, 2, 3, 3, 2, 1], [3, 3]);
    expect(ofDistributions.gradients(scores, [0.5, 0.3, 0.2, 0, 1, 0, 0, 0, 1]).scores).toMatchObject({
      accuracy: expect.closeTo(1 / 3, 6),
      top2Accuracy: expect.closeTo(2 / 3, 6),
    });
  });

  test('does not count lanes without a sample, which would be right for label 0', () => {
    const wrong = tensorOf([0, 9, 0, 0, 0], [1, classes]);
    expect(learner.gradients(wrong, [0]).scores).toMatchObject({ accuracy: 0 });
  });
});

test.each([
  { threshold: 0.5, right: 4 },
  // σ(1) = 0.73, σ(0.5) = 0.62
  { threshold: 0.7, right: 3 },
  { threshold: 0.75, right: 4 },
])('binaryAccuracy by hand, with threshold $threshold: each element is right or wrong', ({ threshold, right }) => {
  const learner = passingOn(sigmoidBinaryCrossEntropy(), [3], [binaryAccuracy({ threshold })]);
  const { scores } = learner.gradients(tensorOf([2, -1, 1, -2, 3, 0.5], [2, 3]), [1, 0, 0, 1, 1, 0.6]);
  expect(scores).toMatchObject({ binaryAccuracy: expect.closeTo(right / 6, 6) });
});

test('absoluteError by hand', () => {
  const learner = passingOn(meanSquaredError(), [2], [absoluteError()]);
  const { scores } = learner.gradients(tensorOf([1, 5, 0, 0], [2, 2]), [0, 2, 1, -2]);
  expect(scores).toMatchObject({ absoluteError: 7 / 4 });
});

test('sigmoidBinaryCrossEntropy of the logit 0 is log 2, and 0 for a certain and right prediction', () => {
  const lossOf = (logit: number, target: number) =>
    passingOn(sigmoidBinaryCrossEntropy(), [1]).gradients(tensorOf([logit], [1, 1]), [target]).scores.loss;
  expect(lossOf(0, 1)).toBeCloseTo(Math.log(2), 6);
  expect([lossOf(1000, 1), lossOf(1000, 0), lossOf(-1000, 0), lossOf(-1000, 1)]).toEqual([0, 1000, 0, 1000]);
});

test('huber by hand: ½ · ½² inside, 2 · (5 − 1) beyond delta 2', () => {
  const learner = passingOn(huber({ delta: 2 }), [2]);
  const { scores, inputs } = learner.gradients(tensorOf([1.5, -4], [1, 2]), [1, 1]);
  expect(scores.loss).toBe((0.125 + 8) / 2);
  expect([...inputs.data]).toEqual([0.25, -1]);
});

describe('options that are rejected', () => {
  test.each([
    ['labelSmoothing: 1.5', () => softmaxCrossEntropy({ labelSmoothing: 1.5 })],
    ['targets: "hot"', () => softmaxCrossEntropy({ targets: 'hot' as never })],
    ['classWeights[1]: -1', () => softmaxCrossEntropy({ classWeights: [1, -1] })],
    ['classWeights: 3', () => softmaxCrossEntropy({ classWeights: 3 as never })],
    ['ignoreLabel: 0.5', () => softmaxCrossEntropy({ ignoreLabel: 0.5 })],
    ['ignoreLabel: 3 with targets: "oneHot"', () => softmaxCrossEntropy({ targets: 'oneHot', ignoreLabel: 3 })],
    ['delta: 0', () => huber({ delta: 0 })],
    ['positiveWeight: 0', () => sigmoidBinaryCrossEntropy({ positiveWeight: 0 })],
    ['labelSmoothing: NaN', () => sigmoidBinaryCrossEntropy({ labelSmoothing: NaN })],
    ['threshold: 1', () => binaryAccuracy({ threshold: 1 })],
  ])('%s', (given, describe) => expectConvoyError(describe, 'CONVOY_INVALID_OPTION', given));

  test('classWeights for another number of classes', () => {
    const loss = softmaxCrossEntropy({ classWeights: [1, 2] });
    expectConvoyError(() => passingOn(loss, [3]), 'CONVOY_SHAPE_MISMATCH', '2 classWeights for 3 classes');
  });

  test.each([
    { labels: [0, 1, 2, 3, 4, 5], given: 'the label 5, number 5, of sample 0' },
    { labels: [0, 1, 254, 3, 4, 0], given: 'the label 254, number 2, of sample 0' },
  ])('the label of a pixel: $given', ({ labels, given }) => {
    const learner = passingOn(softmaxCrossEntropy({ ignoreLabel: 255 }), pixels);
    const train = () => learner.gradients(tensorOf(new Float64Array(30), [1, ...pixels]), labels);
    expectConvoyError(train, 'CONVOY_INVALID_LABEL', given);
  });

  test('one label for many pixels', () => {
    const learner = passingOn(softmaxCrossEntropy(), pixels);
    const train = () => learner.gradients(tensorOf(new Float64Array(30), [1, ...pixels]), [0]);
    expectConvoyError(train, 'CONVOY_SHAPE_MISMATCH', '1 numbers as targets for 1 samples');
  });
});

describe('outputs that are rejected', () => {
  const create = (output: Shape, loss: Loss, metrics = [accuracy()]) =>
    createLearner({
      model: sequential({ input: [sizeOf(output)] }, [dense({ units: sizeOf(output) })]),
      loss,
      optimizer,
      batchSize: 8,
      metrics,
    });

  test('softmaxCrossEntropy needs two classes or more', () => {
    expectConvoyError(
      () => create([1], softmaxCrossEntropy(), []),
      'CONVOY_SHAPE_MISMATCH',
      'a model output of shape [1]',
    );
  });

  test('softmaxCrossEntropy needs two classes or more for each pixel', () => {
    const model = sequential({ input: [1, 2, 3] }, [relu()]);
    const options = { model, loss: softmaxCrossEntropy(), optimizer, batchSize: 8 };
    expectConvoyError(() => createLearner(options), 'CONVOY_SHAPE_MISMATCH', 'a model output of shape [1, 2, 3]');
  });

  test('accuracy needs labels', () => {
    expectConvoyError(
      () => create([3], meanSquaredError()),
      'CONVOY_INVALID_OPTION',
      'the metric accuracy with the loss meanSquaredError',
    );
  });

  test('an unknown reduction', () => {
    const describe = () => meanSquaredError({ reduction: 'sum' as never });
    expectConvoyError(describe, 'CONVOY_INVALID_OPTION', 'reduction: "sum"');
  });

  test('an unknown loss, metric or optimizer', () => {
    const model = sequential({ input: [2] }, [flatten()]);
    const options = { model, loss: softmaxCrossEntropy(), optimizer, batchSize: 8 };
    const unknown = { type: 'guess', name: 'guess', settings: optimizer.settings };
    for (const wrong of [{ loss: unknown }, { metrics: [unknown] }, { optimizer: unknown }]) {
      expectConvoyError(() => createLearner({ ...options, ...wrong }), 'CONVOY_UNKNOWN_NAME', 'of type "guess"');
    }
  });
});
