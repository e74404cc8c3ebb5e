// Looking for a learning rate: what is measured, what is suggested, and that nothing is left of it.
import { createDataset } from '@convoy/datasets';
import { adam, createLearner, sgd, warmUp } from '@convoy/layers';
import {
  createTrainer,
  formatLearningRateSearch,
  type LearningRateSearch,
  type LearningRateSearchOptions,
} from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { checkedSearch } from '../src/loop/learning-rate-search.ts';
import { RangeTest } from '../src/loop/range-test.ts';
import { hashOf } from './bits.ts';
import { expectSameParameters } from './expectations.ts';
import { expectRefusal } from './refusal.ts';
import { learn } from './single-thread.ts';
import { classifier, images, points, randomFloats, regression } from './small-cases.ts';
import { threadsDuring, until } from './threads.ts';

/** A search whose losses are given. */
function searchIn(loss: (rate: number) => number, options: LearningRateSearchOptions = {}): LearningRateSearch {
  const test = new RangeTest(checkedSearch({ smoothing: 0, ...options }));
  for (let rate = test.nextRate; rate !== undefined; rate = test.nextRate) test.add(loss(rate));
  return test.result;
}

describe('a search', () => {
  it('takes rates that grow by one factor', async () => {
    const { rates, losses } = searchIn(() => 1, { from: 0.001, to: 1, steps: 4 });
    expect(rates).toEqual([0.001, 0.01, 0.1, 1].map((rate) => expect.closeTo(rate, 12)));
    expect(losses).toEqual([1, 1, 1, 1]);
  });

  it('suggests where the loss falls most steeply', async () => {
    // A fall by 1 around a rate of 0.01, then a slow rise.
    const fall = (rate: number) => 2 - 1 / (1 + (0.01 / rate) ** 2) + rate;
    const { suggestion } = searchIn(fall, { steps: 71 });
    expect(suggestion).toBeCloseTo(0.01, 9);
  });

  it('smooths the losses, without the bias of the first ones', async () => {
    const losses = [4, 2, 3];
    const { smoothed } = searchIn(() => losses.shift() as number, { steps: 3, smoothing: 0.5 });
    const expected = [4, (2 + 4 / 2) / 1.5, (3 + 2 / 2 + 4 / 4) / 1.75];
    expect(smoothed).toEqual(expected.map((loss) => expect.closeTo(loss, 12)));
  });

  it('ends where the loss runs away, or is no number', async () => {
    const losses = [2, 1, 3.9, 4.1, 1];
    const search = searchIn(() => losses.shift() as number, { steps: 5 });
    expect(search.losses).toEqual([2, 1, 3.9, 4.1]);
    const broken = [2, 1, Number.NaN, 1];
    expect(searchIn(() => broken.shift() as number, { steps: 4 }).rates).toHaveLength(2);
    const negative = [-1, -2, -1, 3.9, 4.1, 1];
    expect(searchIn(() => negative.shift() as number, { steps: 6 }).losses).toEqual([-1, -2, -1, 3.9, 4.1]);
  });

  it('does not take the return from a loss that ran away for a fall', async () => {
    const losses = [5, 5, 4.5, 4, 3.8, 3.7, 9, 4, 3.9];
    const { rates, suggestion } = searchIn(() => losses.shift() as number, { steps: 9 });
    expect(suggestion).toBe(rates[2]);
  });

  it('suggests nothing where nothing falls', async () => {
    expect(searchIn((rate) => 1 + rate).suggestion).toBeUndefined();
    expect(searchIn(() => Number.NaN).suggestion).toBeUndefined();
  });

  it.each<[LearningRateSearchOptions, RegExp]>([
    [{ from: 0 }, /^from: 0$/],
    [{ from: 1, to: 1 }, /^to: 1$/],
    [{ steps: 1 }, /^steps: 1$/],
    [{ steps: 2.5 }, /^steps: 2.5$/],
    [{ smoothing: 1 }, /^smoothing: 1$/],
    [{ divergence: 1 }, /^divergence: 1$/],
  ])('refuses %j', async (options, given) => {
    await expectRefusal((async () => searchIn(() => 1, options))(), 'CONVOY_INVALID_OPTION', given);
  });
});

describe('formatLearningRateSearch', () => {
  it('takes as many rates as a search may have', () => {
    const search = searchIn((rate) => 2 - rate, { from: 0.1, to: 1, steps: 200_000 });
    expect(search.suggestion).toBeGreaterThan(0.9);
    expect(formatLearningRateSearch(search).split('\n')).toHaveLength(25 + 3);
  });

  it('rejects rates, losses and a suggestion that do not fit together', () => {
    const search = { rates: [0.1, 1], losses: [2, 1], smoothed: [2, 1], suggestion: 0.1 };
    const refusal = (given: string) => expect.objectContaining({ code: 'CONVOY_INVALID_OPTION', given });
    expect(() => formatLearningRateSearch({ ...search, suggestion: 0.5 })).toThrow(
      refusal('the suggestion 0.5, which is not one of the 2 rates'),
    );
    expect(() => formatLearningRateSearch({ ...search, rates: [] })).toThrow(refusal('0 rates and 2 smoothed losses'));
  });

  it('draws the loss over the rates, and marks the suggestion', () => {
    const text = formatLearningRateSearch({
      rates: [0.001, 0.01, 0.1, 1],
      losses: [3, 2, 1, 1000],
      smoothed: [3, 2, 1, 1000],
      suggestion: 0.01,
    });
    expect(text.split('\n')).toEqual([
      '     rate        loss',
      `  1.00e-3      3.0000  ${'█'.repeat(40)}`,
      `  1.00e-2      2.0000  ${'█'.repeat(20)}  ← falls most steeply`,
      '  1.00e-1      1.0000  ',
      `  1.00e+0      1000.0  ${'█'.repeat(40)}`,
      'Suggested learning rate: 1.00e-2',
    ]);
  });

  it('is short for a long search, and has the suggestion all the same', async () => {
    const search = searchIn((rate) => 2 - 1 / (1 + (0.01 / rate) ** 2), { steps: 1000 });
    const lines = formatLearningRateSearch(search).split('\n');
    expect(lines.length).toBeLessThanOrEqual(28);
    expect(lines.filter((line) => line.includes('←'))).toHaveLength(1);
    const nothing = searchIn(() => Number.NaN);
    expect(formatLearningRateSearch(nothing)).toMatch(/does not fall/);
  });
});

describe('findLearningRate', () => {
  const data = images(200);
  // Two slots, an average, and a schedule whose first rate is 0.
  const optimizer = adam({ learningRate: warmUp({ learningRate: 0.01, steps: 20 }), averageDecay: 0.9 });
  const training = { ...classifier, optimizer };

  it('changes no bit of a run, wherever it comes in', async () => {
    await using undisturbed = await createTrainer({ ...training, workers: 2 });
    await undisturbed.fit(data, { epochs: 4 });
    await using trainer = await createTrainer({ ...training, workers: 2 });
    // Of seven steps an epoch: before the first one, between two epochs, after an odd and an even number of steps.
    for (const epochs of [1, 1, 2]) {
      const [before, step] = [hashOf(trainer), trainer.step];
      const { rates } = await trainer.findLearningRate(data, { steps: 25 });
      expect(rates.length).toBeGreaterThan(7);
      expect([hashOf(trainer), trainer.step]).toEqual([before, step]);
      await trainer.fit(data, { epochs });
    }
    expectSameParameters(trainer, undisturbed);
    const average = (owner: typeof trainer) => ({ parameters: () => owner.parameters('average') });
    expectSameParameters(average(trainer), average(undisturbed));
  });

  it('measures the loss of each batch in the order of training', async () => {
    await using trainer = await createTrainer({ ...regression, workers: 2 });
    const small = points(40);
    // Rates that are too small to change anything: the losses are the ones of the first parameters.
    const { losses } = await trainer.findLearningRate(small, { from: 1e-30, to: 1e-29, steps: 6 });
    const still = { ...regression, optimizer: adam({ learningRate: 0 }) };
    const batches = [...learn(createLearner(still), still, small, { epochs: 2 })];
    expect(losses).toEqual(batches.map(({ scores }) => expect.closeTo(scores.loss, 7)));
  });

  it('has the same bits for any number of workers, and while threads die', async () => {
    await using single = await createTrainer({ ...training, workers: 1 });
    const expected = await single.findLearningRate(data);
    await threadsDuring(async (living) => {
      await using trainer = await createTrainer({ ...training, workers: 3, maxFailures: 9 });
      const before = hashOf(trainer);
      const searching = trainer.findLearningRate(data);
      for (const step of [5, 30]) {
        await until(() => trainer.step >= step);
        void [...living].at(-1)?.terminate();
      }
      expect(await searching).toEqual(expected);
      expect(hashOf(trainer)).toBe(before);
    });
  });

  it('suggests a rate that learns, and ends where the loss runs away', async () => {
    await using trainer = await createTrainer({ ...regression, workers: 2 });
    // There is something to learn: both numbers are sums of the inputs.
    const inputs = randomFloats(3 * 320, 'inputs');
    const sumOf = (sample: number) => inputs.subarray(3 * sample, 3 * sample + 3).reduce((sum, x) => sum + x);
    const values = Array.from({ length: 2 * 320 }, (_, i) => 3 + sumOf(i >> 1));
    const learnable = createDataset({ sampleShape: [3], inputs, targets: { kind: 'values', values, shape: [2] } });
    const { rates, losses, suggestion = Number.NaN } = await trainer.findLearningRate(learnable, { to: 1e6 });
    expect(rates.length).toBeLessThan(100);
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(trainer.step).toBe(0);
    await using small = await createTrainer({ ...regression, optimizer: sgd({ learningRate: suggestion / 100 }) });
    await using right = await createTrainer({ ...regression, optimizer: sgd({ learningRate: suggestion }) });
    const [slow, fast] = await Promise.all([small, right].map((each) => each.fit(learnable, { epochs: 2 })));
    const lossOf = (history: typeof slow) => history?.epochs.at(-1)?.scores.loss ?? Number.NaN;
    expect(lossOf(fast)).toBeLessThan(lossOf(slow) / 4);
  });

  it('leaves the trainer as it was when it is ended', async () => {
    await using trainer = await createTrainer({ ...training, workers: 2 });
    await trainer.fit(data, { epochs: 1 });
    const before = hashOf(trainer);
    const stop = new AbortController();
    const searching = trainer.findLearningRate(data, { steps: 10_000, signal: stop.signal });
    await Promise.all([
      expectRefusal(searching, 'CONVOY_ABORTED', /./),
      until(() => trainer.step > 20).then(() => stop.abort()),
    ]);
    expect([hashOf(trainer), trainer.step]).toEqual([before, 7]);
  });

  it('refuses data that cannot be trained on', async () => {
    await using trainer = await createTrainer({ ...training, workers: 1 });
    await expectRefusal(trainer.findLearningRate(points(64)), 'CONVOY_SHAPE_MISMATCH', /./);
  });
});
