// Bad input: refused with a whole ConvoyError before a thread starts or a step is taken.
import { createDataset, type Dataset } from '@convoy/datasets';
import { conv2d, createLearner, dense, meanSquaredError, sequential } from '@convoy/layers';
import { type ConvoyErrorCode, type Shape, sizeOf, tensor, zeros } from '@convoy/tensor';
import { createTrainer, type FitOptions, type TrainerOptions } from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { expectSameParameters } from './expectations.ts';
import { expectRefusal } from './refusal.ts';
import { classifier, images, points, randomBytes, randomLabels, regression } from './small-cases.ts';
import { threadsDuring } from './threads.ts';

describe('createTrainer', () => {
  const filter = sequential({ input: [1, 4, 4] }, [conv2d({ filters: 1, kernelSize: 1 })]);
  const huge = sequential({ input: [2 ** 14] }, [dense({ units: 2 ** 14 })]);

  it.each<[string, Partial<Record<keyof TrainerOptions, unknown>>, ConvoyErrorCode, RegExp]>([
    ['workers: 0', { workers: 0 }, 'CONVOY_INVALID_OPTION', /^workers: 0$/],
    ['workers: 1.5', { workers: 1.5 }, 'CONVOY_INVALID_OPTION', /^workers: 1\.5$/],
    ['workers: NaN', { workers: Number.NaN }, 'CONVOY_INVALID_OPTION', /^workers: NaN$/],
    ['workers as text', { workers: '2' }, 'CONVOY_INVALID_OPTION', /^workers: .2.$/],
    ['batchSize: 0', { batchSize: 0 }, 'CONVOY_INVALID_OPTION', /^batchSize: 0$/],
    ['batchSize: -8', { batchSize: -8 }, 'CONVOY_INVALID_OPTION', /^batchSize: -8$/],
    ['no batchSize', { batchSize: undefined }, 'CONVOY_INVALID_OPTION', /^batchSize: undefined$/],
    ['maxShards: 0', { maxShards: 0 }, 'CONVOY_INVALID_OPTION', /^maxShards: 0$/],
    ['maxShards: 2.5', { maxShards: 2.5 }, 'CONVOY_INVALID_OPTION', /^maxShards: 2\.5$/],
    ['seed: -1', { seed: -1 }, 'CONVOY_INVALID_OPTION', /^seed: -1$/],
    ['seed: 0.5', { seed: 0.5 }, 'CONVOY_INVALID_OPTION', /^seed: 0\.5$/],
    ['a loss that cannot take the output', { model: filter }, 'CONVOY_SHAPE_MISMATCH', /output of shape \[1, 4, 4\]/],
    ['a metric of other targets', { loss: meanSquaredError() }, 'CONVOY_INVALID_OPTION', /metric accuracy/],
    ['a model that is too large', { model: huge }, 'CONVOY_OUT_OF_MEMORY', /GiB/],
  ])('refuses %s', async (_, options, code, given) => {
    const threads = await threadsDuring(async () => {
      const promise = createTrainer({ ...classifier, workers: 1, ...options } as unknown as TrainerOptions);
      await expectRefusal(promise, code, given);
    });
    expect(threads.started).toBe(0);
  });
});

describe('a trainer', () => {
  const data = images(64);
  const labelled = (sampleShape: Shape, classes: number) =>
    createDataset({
      sampleShape,
      inputs: randomBytes(64 * sizeOf(sampleShape), 256, 'inputs'),
      targets: randomLabels(64, classes),
    });
  const turned = labelled([1, 7, 9], 5);
  const manyClasses = labelled([1, 9, 7], 6);
  const valued: Dataset = { ...data, targets: points(64).targets };
  const pixels = { kind: 'labels', labels: new Uint8Array(new SharedArrayBuffer(64 * 63)), classes: 5 } as const;
  const ofPixels: Dataset = { ...data, targets: { ...pixels, shape: [9, 7] } };
  const withVoid: Dataset = { ...data, targets: { ...data.targets, ignoreLabel: 255 } as Dataset['targets'] };

  it('refuses to fit what it cannot learn from, before the first step', async () => {
    await using trainer = await createTrainer({ ...classifier, workers: 1 });
    const refusals: readonly [Dataset, Partial<Record<keyof FitOptions, unknown>>, ConvoyErrorCode, RegExp][] = [
      [data, { epochs: 0 }, 'CONVOY_INVALID_OPTION', /^epochs: 0$/],
      [data, { epochs: 1.5 }, 'CONVOY_INVALID_OPTION', /^epochs: 1\.5$/],
      [data, { epochs: '3' }, 'CONVOY_INVALID_OPTION', /^epochs: .3.$/],
      [data, { epochs: undefined }, 'CONVOY_INVALID_OPTION', /^epochs: undefined$/],
      [turned, {}, 'CONVOY_SHAPE_MISMATCH', /training data with samples of shape \[1, 7, 9\]/],
      [manyClasses, {}, 'CONVOY_SHAPE_MISMATCH', /training data with 6 classes for a model with 5 outputs/],
      [valued, {}, 'CONVOY_INVALID_DATA', /training data with values as targets/],
      [ofPixels, {}, 'CONVOY_SHAPE_MISMATCH', /training data with labels of shape \[9, 7\]/],
      [withVoid, {}, 'CONVOY_INVALID_DATA', /training data with the ignored label 255/],
      [data, { validation: turned }, 'CONVOY_SHAPE_MISMATCH', /validation data with samples of shape \[1, 7, 9\]/],
      [data, { validation: manyClasses }, 'CONVOY_SHAPE_MISMATCH', /validation data with 6 classes/],
      [data, { validation: valued }, 'CONVOY_INVALID_DATA', /validation data with values as targets/],
    ];
    for (const [train, options, code, given] of refusals) {
      await expectRefusal(trainer.fit(train, { epochs: 1, ...options } as FitOptions), code, given);
    }
    expect(trainer.step).toBe(0);
    expectSameParameters(trainer, createLearner(classifier));
    await trainer.fit(data, { epochs: 1, validation: images(1) });
    expect(trainer.step).toBe(2);
  });

  it('refuses values of another shape than its outputs, and labels where it needs values', async () => {
    const { source, sampleShape } = points(64);
    const inputs = source.samples;
    const targets = { kind: 'values', values: new Float32Array(64 * 3), shape: [3] } as const;
    const wide = createDataset({ sampleShape, inputs, targets });
    const classes = createDataset({ sampleShape, inputs, targets: randomLabels(64) });
    await using trainer = await createTrainer({ ...regression, workers: 1 });
    await expectRefusal(trainer.fit(wide, { epochs: 1 }), 'CONVOY_SHAPE_MISMATCH', /targets of shape \[3\]/);
    await expectRefusal(trainer.fit(classes, { epochs: 1 }), 'CONVOY_INVALID_DATA', /labels as targets/);
  });

  it('refuses to evaluate or predict what does not fit the model', async () => {
    await using trainer = await createTrainer({ ...classifier, workers: 1 });
    await expectRefusal(trainer.evaluate(turned), 'CONVOY_SHAPE_MISMATCH', /data with samples of shape \[1, 7, 9\]/);
    await expectRefusal(trainer.evaluate(manyClasses), 'CONVOY_SHAPE_MISMATCH', /6 classes/);
    await expectRefusal(trainer.evaluate(valued), 'CONVOY_INVALID_DATA', /values as targets/);
    await expectRefusal(trainer.predict(turned), 'CONVOY_SHAPE_MISMATCH', /samples of shape \[1, 7, 9\]/);
    await expectRefusal(trainer.predict(zeros([2, 63])), 'CONVOY_SHAPE_MISMATCH', /samples of shape \[63\]/);
    await expectRefusal(trainer.predict(zeros([1, 9, 7])), 'CONVOY_SHAPE_MISMATCH', /the shape of one sample$/);
    await expectRefusal(trainer.predict(zeros([0, 1, 9, 7])), 'CONVOY_INVALID_DATA', /0 numbers as inputs/);
    await expectRefusal(trainer.predict(tensor(1)), 'CONVOY_INVALID_SHAPE', /sampleShape/);
    await expectRefusal(trainer.predict([1, 9, 7] as never), 'CONVOY_INVALID_DATA', /^\[1, 9, 7\] as data$/);
    const broken = zeros([2, 1, 9, 7]);
    broken.set(Number.NaN, 1, 0, 2, 3);
    await expectRefusal(trainer.predict(broken), 'CONVOY_NOT_FINITE', /NaN in the inputs, number 17 of sample 1/);
  });
});
