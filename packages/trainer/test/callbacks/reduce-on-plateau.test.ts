// Reducing the learning rate: when, by how much, and that the trainer goes by it.
import { createLearner, sgd } from '@convoy/layers';
import { createTrainer, reduceOnPlateau, stopWhen } from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { expectSameParameters } from '../expectations.ts';
import { expectRefusal } from '../refusal.ts';
import { learn } from '../single-thread.ts';
import { points, regression } from '../small-cases.ts';
import { follow, losses } from './scripted-run.ts';

describe('reduceOnPlateau', () => {
  it('multiplies the learning rate after as many epochs without a better loss as it has patience', async () => {
    const script = losses(5, 4, 4, 4, 4, 4, 3, 3, 3);
    const { epochs, factors } = await follow(reduceOnPlateau({ factor: 0.5 }), script);
    expect(factors).toEqual([1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125]);
    expect(epochs).toBe(9);
    expect((await follow(reduceOnPlateau({ patience: 4 }), script)).factors).toEqual([
      1, 1, 1, 1, 1, 0.1, 0.1, 0.1, 0.1,
    ]);
  });

  it('leaves epochs after a reduction out of account', async () => {
    const script = losses(5, 5, 5, 5, 5, 5, 5, 5);
    const { factors } = await follow(reduceOnPlateau({ factor: 0.5, patience: 1, cooldown: 2 }), script);
    expect(factors).toEqual([1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125]);
  });

  it('remembers the best loss of a cooldown', async () => {
    const script = losses(5, 5, 3, 4, 4);
    const { factors } = await follow(
      reduceOnPlateau({ factor: 0.5, patience: 2, cooldown: 1 }),
      losses(5, 5, 5, 3, 4, 4),
    );
    expect(factors).toEqual([1, 1, 0.5, 0.5, 0.5, 0.25]);
    expect((await follow(reduceOnPlateau({ factor: 0.5, patience: 1, cooldown: 1 }), script)).factors).toEqual([
      1, 0.5, 0.5, 0.25, 0.25,
    ]);
  });

  it('goes no lower than minFactor', async () => {
    const script = losses(5, 5, 5, 5, 5);
    const { factors } = await follow(reduceOnPlateau({ factor: 0.5, patience: 1, minFactor: 0.2 }), script);
    expect(factors).toEqual([1, 0.5, 0.25, 0.2, 0.2]);
  });

  it('goes by any score, and by minDelta', async () => {
    const epochs = [0.5, 0.6, 0.7, 0.71, 0.72].map((accuracy, i) => ({ scores: { loss: i, accuracy } }));
    const ofAccuracy = (minDelta: number) => reduceOnPlateau({ monitor: 'accuracy', patience: 2, minDelta });
    expect((await follow(ofAccuracy(0), { epochs })).factors.at(-1)).toBe(1);
    expect((await follow(ofAccuracy(0.05), { epochs })).factors).toEqual([1, 1, 1, 1, 0.1]);
  });

  it('starts from the beginning with each fit', async () => {
    const callback = reduceOnPlateau({ patience: 2, cooldown: 3 });
    for (let fit = 0; fit < 2; fit++) {
      expect((await follow(callback, losses(1, 2, 2))).factors).toEqual([1, 1, 0.1]);
      expect((await follow(callback, losses(9, 8, 8, 8))).factors).toEqual([1, 1, 1, 0.1]);
    }
  });

  it('continues where it was when a run is resumed', async () => {
    const script = losses(5, 5, 5, 4, 6, 6, 6, 6);
    const options = { factor: 0.5, patience: 2, cooldown: 2 };
    const { factors } = await follow(reduceOnPlateau(options), script);
    expect(factors).toEqual([1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25]);
    for (const after of [1, 2, 3, 4, 5, 6, 7]) {
      const resumed = { after, callback: reduceOnPlateau(options) };
      expect((await follow(reduceOnPlateau(options), { ...script, resumed })).factors).toEqual(factors);
    }
  });

  it.each([
    { options: { factor: 0 }, given: /^factor: 0$/ },
    { options: { factor: 1 }, given: /^factor: 1$/ },
    { options: { patience: 0.5 }, given: /^patience: 0\.5$/ },
    { options: { cooldown: -1 }, given: /^cooldown: -1$/ },
    { options: { minFactor: 2 }, given: /^minFactor: 2$/ },
    { options: { monitor: 'recall' }, given: /^monitor: "recall" without a mode$/ },
  ])('refuses $options', async ({ options, given }) => {
    const create = async () => reduceOnPlateau(options as never);
    await expectRefusal(create(), 'CONVOY_INVALID_OPTION', given);
  });

  it('has a trainer take smaller steps from the next epoch on', async () => {
    const data = points(80);
    // Every epoch but the first counts as worse.
    const callback = reduceOnPlateau({ monitor: 'loss', mode: 'max', patience: 1, factor: 0.5, cooldown: 1 });
    const factors = [1, 1, 0.5, 0.5, 0.25];
    await using trainer = await createTrainer({ ...regression, workers: 2 });
    const observed: number[] = [];
    const observe = stopWhen((_, run) => observed.push(run.learningRateFactor) < 0);
    await trainer.fit(data, { epochs: 5, callbacks: [observe, callback] });
    expect(observed).toEqual(factors);

    const batches = 80 / regression.batchSize;
    const rates = (step: number) => 0.05 * (factors[Math.floor(step / batches)] as number);
    const options = { ...regression, optimizer: sgd({ learningRate: rates }) };
    const expected = createLearner(options);
    for (const _ of learn(expected, options, data, { epochs: 5 }));
    expectSameParameters(trainer, expected);
  });
});
