// Losses and metrics: their values and gradients as kernels compute them, through a model that does nothing.
import { reference } from '@convoy/kernels';
import {
  accuracy,
  createLearner,
  dense,
  flatten,
  type Loss,
  lossDefinitionOf,
  meanSquaredError,
  relu,
  sequential,
  sgd,
  softmaxCrossEntropy,
} from '@convoy/layers';
import { type Shape, sizeOf } from '@convoy/tensor';
import { describe, expect, test } from 'vitest';
import { expectClose, expectConvoyError } from './expectations.ts';
import { randomNumbers, tensorOf } from './numbers.ts';

const optimizer = sgd({ learningRate: 0 });

/** A learner whose outputs are its inputs. */
const passingOn = (loss: Loss, output: Shape, metrics = [accuracy()].slice(0, 0)) =>
  createLearner({ model: sequential({ input: output }, [flatten()]), loss, optimizer, batchSize: 200, metrics });

const classes = 5;
const labelsFor = (samples: number) => Int32Array.from({ length: samples }, (_, i) => (i * i + 2) % classes);

interface LossCase {
  readonly title: string;
  readonly loss: Loss;
  targets(samples: number): Float64Array | Int32Array;
  readonly predictions?: (samples: number) => Float64Array;
}

const values = (samples: number) => randomNumbers(samples * classes, 'targets');
const cases: readonly LossCase[] = [
  { title: 'softmaxCrossEntropy', loss: softmaxCrossEntropy(), targets: labelsFor },
  {
    title: 'softmaxCrossEntropy of logits far apart',
    loss: softmaxCrossEntropy(),
    targets: labelsFor,
    predictions: (samples) => randomNumbers(samples * classes, 'predictions').map((x) => 30 * x),
  },
  { title: 'meanSquaredError', loss: meanSquaredError(), targets: values },
  { title: "meanSquaredError of form 'half-sum'", loss: meanSquaredError({ form: 'half-sum' }), targets: values },
];

describe.each(cases)('$title', ({ loss, targets, predictions }) => {
  const of = predictions ?? ((samples: number) => randomNumbers(samples * classes, 'predictions'));
  const twin = lossDefinitionOf(loss).reference;
  const weightsFor = (samples: number) => new Float64Array(samples).fill(1 / samples);

  // Full shards of two blocks, masked lanes in the second block, in the first, and all but one.
  test.each([200, 13, 5, 1])('agrees with the reference on %i samples', (samples) => {
    const given = [loss.settings, [classes], samples, of(samples), targets(samples), weightsFor(samples)] as const;
    const learner = passingOn(loss, [classes]);
    const { scores, inputs } = learner.gradients(tensorOf(of(samples), [samples, classes]), targets(samples));
    const expected = twin.loss(...given);
    expectClose('loss', [scores.loss], [expected], 1e-6);
    // Of a size that does not depend on the number of samples.
    const perSample = (numbers: ArrayLike<number>) => Array.from(numbers, (x) => x * samples);
    expectClose('gradient', perSample(inputs.data), perSample(twin.gradient(...given)), 1e-6);
  });

  test('has the gradient that central differences have', () => {
    const samples = 4;
    const weights = randomNumbers(samples, 'weights');
    const at = of(samples);
    const f = (y: Float64Array) => twin.loss(loss.settings, [classes], samples, y, targets(samples), weights);
    const gradient = twin.gradient(loss.settings, [classes], samples, at, targets(samples), weights);
    expect(reference.gradientMismatch(f, at, gradient)).toBeUndefined();
    const flipped = gradient.map((g) => -g);
    expect(reference.gradientMismatch(f, at, flipped)).toBeDefined();
  });

  test('is structured-clonable', () => {
    const learner = passingOn(structuredClone(loss), [classes]);
    const inputs = tensorOf(of(9), [9, classes]);
    expect(learner.gradients(inputs, targets(9))).toEqual(passingOn(loss, [classes]).gradients(inputs, targets(9)));
  });
});

test('softmaxCrossEntropy of equal logits is the logarithm of their number, and of a certain and right one 0', () => {
  const learner = passingOn(softmaxCrossEntropy(), [4]);
  const lossOf = (logits: number[], label: number) => learner.gradients(tensorOf(logits, [1, 4]), [label]).scores.loss;
  expect(lossOf([7, 7, 7, 7], 2)).toBeCloseTo(Math.log(4), 6);
  expect(lossOf([0, 0, 1000, 0], 2)).toBe(0);
  expect(lossOf([0, 0, 1000, 0], 1)).toBe(1000);
  expect(lossOf([-1000, -1000, -1000, 0], 3)).toBe(0);
});

test('meanSquaredError by hand: (1² + 3²) / 2 is the mean, and half of the sum is 5', () => {
  const lossOf = (loss: Loss) => passingOn(loss, [2]).gradients(tensorOf([1, 5], [1, 2]), [0, 2]).scores.loss;
  expect(lossOf(meanSquaredError())).toBe(5);
  expect(lossOf(meanSquaredError({ form: 'half-sum' }))).toBe(5);
  const three = (loss: Loss) => passingOn(loss, [3]).gradients(tensorOf([1, 5, 0], [1, 3]), [0, 2, 2]).scores.loss;
  expect(three(meanSquaredError())).toBeCloseTo(14 / 3, 6);
  expect(three(meanSquaredError({ form: 'half-sum' }))).toBe(7);
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

  test('takes the first of equal outputs', () => {
    const even = tensorOf([1, 3, 3, 0, 3], [1, classes]);
    for (const label of [0, 1, 2, 4]) {
      expect(learner.gradients(even, [label]).scores).toMatchObject({ accuracy: label === 1 ? 1 : 0 });
    }
  });

  test('does not count lanes without a sample, which look right for label 0', () => {
    const wrong = tensorOf([0, 9, 0, 0, 0], [1, classes]);
    expect(learner.gradients(wrong, [0]).scores).toMatchObject({ accuracy: 0 });
  });
});

describe('outputs that do not suit', () => {
  const create = (output: Shape, loss: Loss, metrics = [accuracy()]) =>
    createLearner({
      model: sequential({ input: [sizeOf(output)] }, [dense({ units: sizeOf(output) })]),
      loss,
      optimizer,
      batchSize: 8,
      metrics,
    });

  test('softmaxCrossEntropy wants two classes or more', () => {
    expectConvoyError(
      () => create([1], softmaxCrossEntropy(), []),
      'CONVOY_SHAPE_MISMATCH',
      'a model output of shape [1]',
    );
  });

  test('softmaxCrossEntropy wants one list of numbers', () => {
    const model = sequential({ input: [2, 1, 1] }, [relu()]);
    const options = { model, loss: softmaxCrossEntropy(), optimizer, batchSize: 8 };
    expectConvoyError(() => createLearner(options), 'CONVOY_SHAPE_MISMATCH', 'a model output of shape [2, 1, 1]');
  });

  test('accuracy wants labels', () => {
    expectConvoyError(
      () => create([3], meanSquaredError()),
      'CONVOY_INVALID_OPTION',
      'the metric accuracy with the loss meanSquaredError',
    );
  });

  test('a form that does not exist', () => {
    const describe = () => meanSquaredError({ form: 'sum' as never });
    expectConvoyError(describe, 'CONVOY_INVALID_OPTION', 'form: "sum"');
  });

  test('a loss, a metric or an optimizer that does not exist', () => {
    const model = sequential({ input: [2] }, [flatten()]);
    const options = { model, loss: softmaxCrossEntropy(), optimizer, batchSize: 8 };
    const unknown = { type: 'guess', name: 'guess', settings: optimizer.settings };
    for (const wrong of [{ loss: unknown }, { metrics: [unknown] }, { optimizer: unknown }]) {
      expectConvoyError(() => createLearner({ ...options, ...wrong }), 'CONVOY_UNKNOWN_NAME', 'of type "guess"');
    }
  });
});
