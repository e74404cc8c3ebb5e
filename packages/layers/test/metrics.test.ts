// Metrics with settings, the confusion matrix and the class report.
import * as reference from '@convoy/kernels/reference';
import {
  type ClassReport,
  classReport,
  confusionMatrix,
  createLearner,
  dense,
  flatten,
  formatClassReport,
  meanSquaredError,
  sequential,
  sgd,
  softmaxCrossEntropy,
  topKAccuracy,
} from '@convoy/layers';
import { compilePlan } from '@convoy/layers/compile';
import { tensor, zeros } from '@convoy/tensor';
import { describe, expect, test } from 'vitest';
import { expectConvoyError } from './expectations.ts';
import { randomNumbers, tensorOf } from './numbers.ts';

const classes = 6;
const optimizer = sgd({ learningRate: 0 });
const passingOn = sequential({ input: [classes] }, [flatten()]);
const labelsFor = (samples: number) => Int32Array.from({ length: samples }, (_, i) => (i * i + 2) % classes);

describe('topKAccuracy', () => {
  const metrics = [1, 2, 5].map((k) => topKAccuracy({ k }));
  const options = { model: passingOn, loss: softmaxCrossEntropy(), optimizer, batchSize: 200 };

  test.each([200, 13, 1])('agrees with the reference on %i samples, with its names in histories', (samples) => {
    const scores = randomNumbers(samples * classes, `scores of ${samples}`);
    const labels = labelsFor(samples);
    const expected = [1, 2, 5].map((k) => reference.topKAccuracy({ classes, k }, samples, scores, labels));
    for (const given of [metrics, structuredClone(metrics)]) {
      const learner = createLearner({ ...options, metrics: given });
      expect(learner.gradients(tensorOf(scores, [samples, classes]), labels).scores).toEqual({
        loss: expect.any(Number),
        top1Accuracy: expected[0],
        top2Accuracy: expected[1],
        top5Accuracy: expected[2],
      });
    }
  });

  test('is a frozen description', () => {
    expect(topKAccuracy({ k: 5 })).toEqual({ type: 'topKAccuracy', name: 'top5Accuracy', settings: { k: 5 } });
    expect(Object.isFrozen(topKAccuracy({ k: 5 }))).toBe(true);
  });

  test.each([0, 1.5, NaN, '5'])('rejects k: %j', (k) => {
    expectConvoyError(() => topKAccuracy({ k: k as number }), 'CONVOY_INVALID_OPTION', 'k: ');
  });

  test('needs labels, and k of at most the number of classes', () => {
    const model = sequential({ input: [4] }, [dense({ units: 4 })]);
    const compile = (k: number, loss = softmaxCrossEntropy()) =>
      compilePlan(model, { loss, optimizer, metrics: [topKAccuracy({ k })] });
    expect(compile(4).scores).toEqual(['loss', 'top4Accuracy']);
    expectConvoyError(() => compile(5), 'CONVOY_SHAPE_MISMATCH', 'topKAccuracy with k: 5 for 4 classes');
    expectConvoyError(
      () => compile(2, meanSquaredError()),
      'CONVOY_INVALID_OPTION',
      'the metric top2Accuracy with the loss meanSquaredError',
    );
  });
});

describe('confusionMatrix', () => {
  const outputs = tensor([
    [3, 1, 2],
    [0, 5, 5],
    [-1, -2, -Infinity],
    [1, 2, Infinity],
    [0, 0, 0],
    [0, 1, 9],
  ]);

  test('has a row for each class and a column for each prediction', () => {
    // The predictions are 0, 1 (the first of equal outputs), 0, 2, 0, 2.
    expect(confusionMatrix(outputs, [0, 1, 1, 2, 2, 2]).toArray()).toEqual([
      [1, 0, 0],
      [1, 1, 0],
      [1, 0, 2],
    ]);
    expect(confusionMatrix(outputs, [2, 2, 2, 0, 0, 1]).toArray()).toEqual([
      [1, 0, 1],
      [0, 0, 1],
      [2, 1, 0],
    ]);
  });

  test('has the right predictions of the metric on its diagonal', () => {
    const samples = 100;
    const scores = randomNumbers(samples * classes, 'outputs');
    const labels = labelsFor(samples);
    const matrix = confusionMatrix(tensorOf(scores, [samples, classes]), labels);
    const right = reference
      .argmax({ classes }, samples, scores)
      .filter((predicted, n) => predicted === labels[n]).length;
    expect(right).toBeGreaterThan(0);
    expect(Array.from({ length: classes }, (_, c) => matrix.at(c, c)).reduce((a, b) => a + b)).toBe(right);
    expect(matrix.data.reduce((a, b) => a + b)).toBe(samples);
  });

  test('counts pixels, except for those with the label to ignore', () => {
    // Two samples of two classes and three pixels; the predictions are 0, 1, 0 (the first of equal outputs) and 1, 1, 0.
    const outputs = tensorOf([2, 0, 1, 1, 3, 1, -1, 0, 9, 0, 1, 8], [2, 2, 3]);
    const expected = tensor([
      [2, 1],
      [0, 2],
    ]);
    expect(confusionMatrix(outputs, [0, 1, 0, 1, 0, 255], 255)).toEqual(expected);
  });

  test('of no samples is 0', () => {
    expect(confusionMatrix(zeros([0, 2]), [])).toEqual(zeros([2, 2]));
  });

  test('rejects outputs of other models, and labels that do not fit', () => {
    const matrixOf = (shape: number[], labels: number[]) => () => confusionMatrix(zeros(shape), labels);
    expectConvoyError(matrixOf([2, 1, 3], [0, 0]), 'CONVOY_SHAPE_MISMATCH', 'shape [1, 3]');
    expectConvoyError(matrixOf([2, 3, 2], [0, 0]), 'CONVOY_SHAPE_MISMATCH', '2 labels for the outputs of 2 samples');
    expectConvoyError(matrixOf([1, 2, 2], [0, 2]), 'CONVOY_INVALID_LABEL', 'the label 2, number 1, of sample 0');
    expectConvoyError(matrixOf([2, 1], [0, 0]), 'CONVOY_SHAPE_MISMATCH', 'shape [1]');
    expectConvoyError(matrixOf([], [0]), 'CONVOY_SHAPE_MISMATCH', 'shape []');
    expectConvoyError(matrixOf([2, 3], [0]), 'CONVOY_SHAPE_MISMATCH', '1 labels for the outputs of 2 samples');
    expectConvoyError(matrixOf([2, 3], [0, 3]), 'CONVOY_INVALID_LABEL', 'the label 3 of sample 1');
    const broken = () =>
      confusionMatrix(
        tensor([
          [0, 1],
          [NaN, 9],
        ]),
        [0, 0],
      );
    expectConvoyError(broken, 'CONVOY_NOT_FINITE', 'NaN in the outputs of sample 1');
  });
});

describe('classReport', () => {
  // No sample is of class 3, and no sample is predicted as class 2.
  const report = classReport(
    tensor([
      [6, 2, 0, 0],
      [1, 3, 0, 0],
      [3, 1, 0, 4],
      [0, 0, 0, 0],
    ]),
  );

  test('by hand', () => {
    const expected: ClassReport = {
      classes: [
        { precision: 6 / 10, recall: 6 / 8, f1: 12 / 18, support: 8 },
        { precision: 3 / 6, recall: 3 / 4, f1: 6 / 10, support: 4 },
        { precision: 0, recall: 0, f1: 0, support: 8 },
        { precision: 0, recall: 0, f1: 0, support: 0 },
      ],
      macro: { precision: 1.1 / 4, recall: 1.5 / 4, f1: (2 / 3 + 0.6) / 4 },
      accuracy: 9 / 20,
      support: 20,
    };
    expect(report).toEqual(expected);
  });

  test('has the harmonic mean of precision and recall', () => {
    for (const { precision, recall, f1 } of report.classes.slice(0, 2)) {
      expect(f1).toBeCloseTo((2 * precision * recall) / (precision + recall), 14);
    }
  });

  test('of no samples is 0', () => {
    const nothing = { precision: 0, recall: 0, f1: 0 };
    const none = { ...nothing, support: 0 };
    expect(classReport(zeros([2, 2]))).toEqual({ classes: [none, none], macro: nothing, accuracy: 0, support: 0 });
  });

  test.each([{ shape: [2, 3] }, { shape: [4] }, { shape: [2, 2, 1] }])(
    'rejects a matrix of shape $shape',
    ({ shape }) => {
      const given = `a matrix of shape [${shape.join(', ')}]`;
      expectConvoyError(() => classReport(zeros(shape)), 'CONVOY_SHAPE_MISMATCH', given);
    },
  );

  test('as a table', () => {
    expect(formatClassReport(report, ['aeroplane', 'bird', 'cat', 'dog'])).toBe(
      [
        'class          precision  recall     f1  support',
        '────────────────────────────────────────────────',
        'aeroplane          0.600   0.750  0.667        8',
        'bird               0.500   0.750  0.600        4',
        'cat                0.000   0.000  0.000        8',
        'dog                0.000   0.000  0.000        0',
        '────────────────────────────────────────────────',
        'macro average      0.275   0.375  0.317       20',
        'accuracy                          0.450       20',
      ].join('\n'),
    );
    expect(formatClassReport(report).split('\n')[2]).toBe('0                  0.600   0.750  0.667        8');
    const named = classReport(zeros([2, 2]), ['cat', 'dog']);
    expect(named.classes.map(({ name }) => name)).toEqual(['cat', 'dog']);
    expect(formatClassReport(named)).toMatch(/\ncat .*\ndog /);
    expectConvoyError(() => classReport(zeros([2, 2]), ['cat']), 'CONVOY_INVALID_OPTION', '1 names for a report of 2');
    expectConvoyError(() => formatClassReport(report, ['cat']), 'CONVOY_INVALID_OPTION', '1 names for a report of 4');
  });
});
