// A fit as a loop over its epochs, and the average of the weights.
import { createLearner, sgd } from '@convoy/layers';
import { Tensor } from '@convoy/tensor';
import { createTrainer, type EpochRecord } from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { expectSameParameters, expectSameTensor } from './expectations.ts';
import { learn, learnedFor } from './single-thread.ts';
import { points, regression } from './small-cases.ts';

const data = points(64);
const STEPS_OF_AN_EPOCH = 4;

describe('epochs', () => {
  it('gives the records of a fit, one after the other', async () => {
    await using trainer = await createTrainer({ ...regression, workers: 2 });
    const seen: EpochRecord[] = [];
    for await (const record of trainer.epochs(data, { epochs: 3, validation: data })) {
      seen.push(record);
      // The next epoch waits for the body of the loop.
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(trainer.step).toBe(record.epoch * STEPS_OF_AN_EPOCH);
    }
    expect(seen.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expectSameParameters(trainer, learnedFor(trainer.step, regression, data));
  });

  it('ends the fit when the loop is left', async () => {
    await using trainer = await createTrainer({ ...regression, workers: 2 });
    for await (const { epoch } of trainer.epochs(data, { epochs: 1000 })) if (epoch === 2) break;
    expect(trainer.step).toBe(2 * STEPS_OF_AN_EPOCH);
    await trainer.fit(data, { epochs: 1 });
    expectSameParameters(trainer, learnedFor(3 * STEPS_OF_AN_EPOCH, regression, data));
  });

  it('throws in the loop what the fit throws', async () => {
    await using trainer = await createTrainer({ ...regression, workers: 1 });
    const loop = async () => {
      for await (const _ of trainer.epochs(data, { epochs: 0 })) expect.fail('There is no epoch.');
    };
    await expect(loop()).rejects.toMatchObject({ code: 'CONVOY_INVALID_OPTION' });
  });
});

describe('the average of the weights', () => {
  const averaging = { ...regression, optimizer: sgd({ learningRate: 0.05, averageDecay: 0.8 }) };

  it('is kept, scored and used for predictions beside the weights', async () => {
    await using trainer = await createTrainer({ ...averaging, workers: 3 });
    await trainer.fit(data, { epochs: 2 });
    const learner = createLearner(averaging);
    for (const _ of learn(learner, averaging, data, { firstEpoch: 0, epochs: 2 }));
    const average = trainer.parameters('average');
    for (const [name, expected] of learner.slot('average')) {
      expectSameTensor(name, average.get(name) as Tensor, expected);
    }
    const inputs = new Tensor(new Float32Array(data.source.samples as Float32Array), [64, 3]);
    const current = await trainer.predict(inputs);
    const averaged = await trainer.predict(inputs, { weights: 'average' });
    const scores = await trainer.evaluate(data, { weights: 'average' });
    learner.setParameters(average);
    expectSameTensor('outputs', averaged, learner.predict(inputs));
    expect([...averaged.data]).not.toEqual([...current.data]);
    trainer.setParameters(average);
    expect(await trainer.evaluate(data)).toEqual(scores);
  });

  it('is what validation scores, if asked', async () => {
    await using trainer = await createTrainer({ ...averaging, workers: 2 });
    for (const validationWeights of ['current', 'average'] as const) {
      const { epochs } = await trainer.fit(data, { epochs: 1, validation: data, validationWeights });
      expect(epochs[0]?.validation).toEqual(await trainer.evaluate(data, { weights: validationWeights }));
    }
    expect(await trainer.evaluate(data)).not.toEqual(await trainer.evaluate(data, { weights: 'average' }));
  });

  it('is refused where the optimizer keeps none', async () => {
    await using trainer = await createTrainer({ ...regression, workers: 1 });
    for (const attempt of [
      trainer.evaluate(data, { weights: 'average' }),
      trainer.fit(data, { epochs: 1, validationWeights: 'average' }),
    ]) {
      await expect(attempt).rejects.toMatchObject({ code: 'CONVOY_INVALID_OPTION' });
    }
    expect(trainer.step).toBe(0);
  });
});
