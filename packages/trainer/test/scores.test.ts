// evaluate and predict.
import { type Dataset, subset, take } from '@convoy/datasets';
import { createLearner, sgd } from '@convoy/layers';
import { Tensor, zeros } from '@convoy/tensor';
import { createTrainer } from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { expectSameParameters, expectSameTensor } from './expectations.ts';
import { expectRefusal } from './refusal.ts';
import { inputsOf, targetsOf } from './single-thread.ts';
import { classifier, images, points, regression } from './small-cases.ts';

/** Mean cross-entropy and accuracy in float64. */
function scoresOf({ data, shape: [samples = 0, classes = 0] }: Tensor, labels: readonly number[]) {
  let loss = 0;
  let right = 0;
  for (const [sample, label] of labels.entries()) {
    const outputs = [...data.subarray(sample * classes, (sample + 1) * classes)];
    const largest = Math.max(...outputs);
    const sum = outputs.reduce((total, output) => total + Math.exp(output - largest), 0);
    loss += Math.log(sum) + largest - (outputs[label] as number);
    if (outputs.indexOf(largest) === label) right++;
  }
  return { loss: loss / samples, accuracy: right / samples };
}

const everySample = (length: number) => Array.from({ length }, (_, i) => i);

describe('evaluate', () => {
  it('gives the means over all samples, and changes nothing', async () => {
    await using trainer = await createTrainer({ ...classifier, workers: 3 });
    await trainer.fit(images(200), { epochs: 2 });
    const { step } = trainer;
    const parameters = trainer.parameters();
    // Less than a block, part of a batch, full batches, a last batch with part of a block.
    for (const samples of [3, 29, 64, 101]) {
      const data = images(samples);
      const scores = await trainer.evaluate(data);
      const { loss, accuracy } = scores;
      const expected = scoresOf(await trainer.predict(data), targetsOf(data, everySample(samples)));
      expect(Object.keys(scores)).toEqual(['loss', 'accuracy']);
      expect(loss).toBeCloseTo(expected.loss, 5);
      expect(accuracy).toBeCloseTo(expected.accuracy, 12);
    }
    expect(trainer.step).toBe(step);
    expectSameParameters(trainer, { parameters: () => parameters });
  });

  it('gives the mean squared error of numbers', async () => {
    const data = points(45);
    await using trainer = await createTrainer({ ...regression, workers: 2 });
    const outputs = createLearner(regression).predict(inputsOf(data)).data;
    const targets = targetsOf(data, everySample(45));
    const squares = targets.reduce((sum, target, i) => sum + (target - (outputs[i] as number)) ** 2, 0);
    const scores = await trainer.evaluate(data);
    expect(Object.keys(scores)).toEqual(['loss']);
    expect(scores.loss).toBeCloseTo(squares / targets.length, 6);
  });

  it('has the same bits for any number of workers', async () => {
    const data = images(301);
    for (const batchSize of [1, 32, 200]) {
      const scores = [];
      for (const workers of [1, 4]) {
        await using trainer = await createTrainer({ ...classifier, batchSize, workers });
        scores.push(await trainer.evaluate(data));
      }
      expect(scores[1], `batch ${batchSize}`).toEqual(scores[0]);
    }
  });

  it('keeps workers busy that a batch has no block for', async () => {
    const data = images(20_000);
    await using trainer = await createTrainer({ ...classifier, batchSize: 8, workers: 2, profile: true });
    await trainer.evaluate(data);
    for (const { activities } of trainer.profile().workers) {
      expect(activities.forward).toBeGreaterThan(0);
      expect(activities.wait).toBe(0);
    }
  });
});

describe('much data', () => {
  it('has the scores and outputs of all its parts', async () => {
    // More than 1024 shards, and more than 32,768 samples.
    const data = points(33_000);
    await using trainer = await createTrainer({ ...regression, workers: 2 });
    const outputs = await trainer.predict(data);
    const [first, rest] = [take(data, 32_000), subset(data, 32_000)];
    expectSameTensor('first outputs', outputs.slice(0, 32_000).clone(), await trainer.predict(first));
    expectSameTensor('last outputs', outputs.slice(32_000).clone(), await trainer.predict(rest));
    const targets = targetsOf(data, everySample(33_000));
    const squares = targets.reduce((sum, target, i) => sum + (target - (outputs.data[i] as number)) ** 2, 0);
    expect((await trainer.evaluate(data)).loss).toBeCloseTo(squares / targets.length, 6);
  });
});

describe('evaluateClasses', () => {
  it('gives the scores, the confusion matrix and the report of what predict says', async () => {
    const data = images(101);
    await using trainer = await createTrainer({ ...classifier, workers: 3 });
    await trainer.fit(images(200), { epochs: 4 });
    const { scores, confusionMatrix, classReport } = await trainer.evaluateClasses(data);
    expect(scores).toEqual(await trainer.evaluate(data));
    const { data: outputs } = await trainer.predict(data);
    const pairs = targetsOf(data, everySample(101)).map((label, sample) => {
      const row = outputs.subarray(5 * sample, 5 * (sample + 1));
      return [label, row.indexOf(Math.max(...row))] as const;
    });
    const count = (holds: (label: number, taken: number) => boolean) => pairs.filter(([a, b]) => holds(a, b)).length;
    expect(confusionMatrix.toArray()).toEqual(
      everySample(5).map((row) => everySample(5).map((column) => count((a, b) => a === row && b === column))),
    );
    const { accuracy } = scores;
    expect(classReport.accuracy).toBeCloseTo(accuracy as number, 12);
    for (const [c, { precision, recall, f1, support }] of classReport.classes.entries()) {
      const right = count((a, b) => a === c && b === c);
      const [ofClass, taken] = [count((a) => a === c), count((_, b) => b === c)];
      expect([support, recall, precision]).toEqual([ofClass, right / ofClass, taken === 0 ? 0 : right / taken]);
      expect(f1).toBeCloseTo((2 * right) / (ofClass + taken), 12);
    }
    expect(classReport.classes.some(({ f1 }) => f1 > 0)).toBe(true);
  });

  it('has the names of the classes, also for a model with more outputs', async () => {
    const { targets, ...data } = images(64);
    const named = { ...data, targets: { ...targets, classes: 3, classNames: ['cat', 'dog', 'fox'] } } as Dataset;
    await using trainer = await createTrainer({ ...classifier, workers: 1 });
    const { classReport } = await trainer.evaluateClasses(named);
    expect(classReport.classes.map(({ name }) => name)).toEqual(['cat', 'dog', 'fox', '3', '4']);
  });

  it('takes the averaged weights, if asked', async () => {
    const data = images(64);
    const optimizer = sgd({ learningRate: 0.5, averageDecay: 0.99 });
    await using trainer = await createTrainer({ ...classifier, optimizer, workers: 2 });
    await trainer.fit(data, { epochs: 3 });
    const averaged = await trainer.evaluateClasses(data, { weights: 'average' });
    expect(averaged.scores).toEqual(await trainer.evaluate(data, { weights: 'average' }));
    expect(averaged.scores).not.toEqual(await trainer.evaluate(data));
    const { accuracy } = averaged.scores;
    expect(averaged.classReport.accuracy).toBeCloseTo(accuracy as number, 12);
  });

  it('refuses a model that predicts no classes, and ends when asked', async () => {
    await using regressor = await createTrainer({ ...regression, workers: 1 });
    await expectRefusal(regressor.evaluateClasses(points(9)), 'CONVOY_INVALID_DATA', /^data with values as targets$/);
    await using trainer = await createTrainer({ ...classifier, workers: 1 });
    const running = trainer.evaluateClasses(images(9), { signal: AbortSignal.abort() });
    await expectRefusal(running, 'CONVOY_ABORTED', /./);
  });
});

describe('predict', () => {
  it('gives the outputs of one thread, for a data set and for a tensor', async () => {
    const data = images(37);
    await using trainer = await createTrainer({ ...classifier, workers: 3 });
    const expected = createLearner(classifier).predict(inputsOf(data));
    expectSameTensor('outputs', await trainer.predict(data), expected);
    expectSameTensor('outputs', await trainer.predict(inputsOf(data)), expected);
    const sample = take(data, 1);
    expectSameTensor('outputs', await trainer.predict(sample), expected.slice(0, 1).clone());
    expectSameTensor('outputs', await trainer.predict(inputsOf(sample)), expected.slice(0, 1).clone());
  });

  it('looks at no targets', async () => {
    const data = points(9);
    await using trainer = await createTrainer({ ...regression, workers: 2 });
    const { source, sampleShape, normalization } = data;
    const labelled = {
      length: 9,
      source,
      sampleShape,
      normalization,
      // More of them than there is room for.
      targets: { kind: 'labels', labels: new Int32Array(new SharedArrayBuffer(36_000)), classes: 1000, shape: [1000] },
    } as const;
    expectSameTensor('outputs', await trainer.predict(labelled), await trainer.predict(data));
  });
});

describe('parameters', () => {
  it('are copies, which setParameters takes back', async () => {
    await using trainer = await createTrainer({ ...classifier, workers: 2 });
    const start = trainer.parameters();
    await trainer.fit(images(64), { epochs: 1 });
    expectSameParameters({ parameters: () => start }, createLearner(classifier));
    trainer.setParameters(start);
    expectSameParameters(trainer, createLearner(classifier));
    start.get('dense_1.bias')?.set(7, 0);
    expectSameParameters(trainer, createLearner(classifier));
  });

  it('may be replaced in part, or not at all where one does not fit', async () => {
    await using trainer = await createTrainer({ ...regression, workers: 1 });
    const bias = new Tensor(Float32Array.of(3, -4), [2]);
    trainer.setParameters([['dense_2.bias', bias]]);
    trainer.setParameters([
      ['dense_1.kernel', zeros([4, 3])],
      ['dense_1.bias', zeros([4])],
    ]);
    expect((await trainer.predict(points(2))).toArray()).toEqual([
      [3, -4],
      [3, -4],
    ]);
    expect(() =>
      trainer.setParameters([
        ['dense_2.bias', zeros([2])],
        ['dense_1.kernel', zeros([3, 4])],
      ]),
    ).toThrow(expect.objectContaining({ code: 'CONVOY_SHAPE_MISMATCH' }));
    expect(() =>
      trainer.setParameters([
        ['dense_2.bias', zeros([2])],
        ['dense_9.bias', bias],
      ]),
    ).toThrow(
      expect.objectContaining({ code: 'CONVOY_UNKNOWN_NAME', expected: expect.stringContaining('dense_1.kernel') }),
    );
    expectSameTensor('bias', trainer.parameters().get('dense_2.bias') as Tensor, bias);
  });
});
