// Promise 1: the bits of the parameters depend on model, data, seed, batch size and shards, and on nothing else.
import type { Dataset } from '@convoy/datasets';
import { createLearner, dense, sequential, sgd, tanh } from '@convoy/layers';
import { createTrainer, type FitOptions, type TrainerOptions } from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { hashOf } from './bits.ts';
import { expectSameParameters } from './expectations.ts';
import { learn, learned, learnedFor } from './single-thread.ts';
import { classifier, exchangingClassifier, images, points, regression } from './small-cases.ts';
import { until } from './threads.ts';

async function trainedHash(options: TrainerOptions, data: Dataset, fit: FitOptions): Promise<string> {
  await using trainer = await createTrainer(options);
  await trainer.fit(data, fit);
  return hashOf(trainer);
}

describe('any number of workers', () => {
  it.each([
    { batchSize: 64, samples: 200, workers: [1, 2, 3, 5, 8], what: 'a last batch of one block' },
    { batchSize: 21, samples: 100, workers: [2, 5], what: 'full and last batches with part of a block' },
    { batchSize: 5, samples: 23, workers: [3], what: 'less than a block, fewer shards than workers' },
    { batchSize: 200, samples: 501, workers: [1, 8], what: 'two blocks a shard, a last batch with fewer shards' },
  ])('gives the bits of one thread at batch $batchSize: $what', async ({ batchSize, samples, workers }) => {
    const options = { ...classifier, batchSize };
    const data = images(samples);
    const single = learned(options, data, { epochs: 2 });
    const shuffled = hashOf(single);
    for (const _ of learn(single, options, data, { epochs: 1, shuffle: false }));
    const inOrder = hashOf(single);
    for (const count of workers) {
      await using trainer = await createTrainer({ ...options, workers: count });
      await trainer.fit(data, { epochs: 2 });
      expect(hashOf(trainer), `${count} workers`).toBe(shuffled);
      await trainer.fit(data, { epochs: 1, shuffle: false });
      expect(hashOf(trainer), `${count} workers, not shuffled`).toBe(inOrder);
    }
  });

  it.each([1, 8, 9, 17])(
    'gives the bits of one thread at batch %i, also to workers without a block',
    async (batchSize) => {
      const options = { ...classifier, batchSize };
      const data = images(43);
      const single = hashOf(learned(options, data, { epochs: 2 }));
      for (const workers of [1, 2, 3, 4]) {
        expect(await trainedHash({ ...options, workers }, data, { epochs: 2 }), `${workers} workers`).toBe(single);
      }
    },
  );

  it.each([undefined, 0.5])('gives the bits of one thread if workers without a block update: clip %s', async (norm) => {
    // More than twice 2^19 parameters for a second worker; three workers also have no more than two.
    const model = sequential({ input: [3] }, [
      dense({ units: 1100 }),
      tanh(),
      dense({ units: 1000 }),
      dense({ units: 2 }),
    ]);
    const optimizer = sgd({ learningRate: 0.01, momentum: 0.9, ...(norm !== undefined && { globalClipNorm: norm }) });
    const options = { ...regression, model, optimizer, batchSize: 8 };
    const data = points(19);
    const single = hashOf(learned(options, data, { epochs: 1 }));
    for (const workers of [1, 2, 3]) {
      expect(await trainedHash({ ...options, workers }, data, { epochs: 1 }), `${workers} workers`).toBe(single);
    }
  });

  it('gives the same bits, which depend on how the blocks are divided into shards', async () => {
    const options = { ...classifier, batchSize: 50 };
    const data = images(130);
    const single = hashOf(learned(options, data, { epochs: 2 }));
    const hash = (maxShards: number, workers: number) =>
      trainedHash({ ...options, maxShards, workers }, data, { epochs: 2 });
    // One shard of 7 blocks and 7 shards of one block are summed in the same order; 4 blocks and 3 are not.
    expect(await hash(1, 2)).toBe(single);
    expect(await hash(16, 2)).toBe(single);
    const twoShards = await hash(2, 1);
    expect(twoShards).not.toBe(single);
    expect(await hash(2, 3)).toBe(twoShards);
    expect(hashOf(learned({ ...options, maxShards: 2 }, data, { epochs: 2 }))).toBe(twoShards);
  });

  it.each([
    { batchSize: 64, samples: 200, workers: [1, 2, 3, 8], what: 'a last batch of one block' },
    {
      batchSize: 200,
      samples: 421,
      workers: [1, 3],
      what: 'two blocks a shard, a last batch with fewer shards than workers',
    },
  ])(
    'gives the bits of one thread with batch normalization and dropout: $what',
    async ({ batchSize, samples, workers }) => {
      const options = { ...exchangingClassifier, batchSize };
      const data = images(samples);
      const single = hashOf(learned(options, data, { epochs: 3 }));
      for (const count of workers) {
        await using trainer = await createTrainer({ ...options, workers: count });
        await trainer.fit(data, { epochs: 3 });
        expect(hashOf(trainer), `${count} workers`).toBe(single);
      }
    },
  );

  it('gives the bits of one thread over an epoch of several segments', async () => {
    const data = points(4100 * regression.batchSize + 3);
    const expected = hashOf(learned(regression, data, { epochs: 1 }));
    expect(await trainedHash({ ...regression, workers: 2 }, data, { epochs: 1 })).toBe(expected);
  });
});

describe('the seed', () => {
  it('changes the initial parameters and the order of the samples', async () => {
    const data = images(64);
    const sameStart = createLearner(classifier).parameters();
    const hashes = [];
    for (const seed of [1, 2]) {
      await using trainer = await createTrainer({ ...classifier, seed, workers: 1 });
      hashes.push(hashOf(trainer));
      trainer.setParameters(sameStart);
      await trainer.fit(data, { epochs: 1 });
      hashes.push(hashOf(trainer));
    }
    expect(hashes[0]).toBe(hashOf(createLearner(classifier)));
    expect(new Set(hashes).size).toBe(4);
  });

  it('is 0 unless given', async () => {
    const { seed: _, ...unseeded } = classifier;
    await using trainer = await createTrainer({ ...unseeded, workers: 1 });
    expectSameParameters(trainer, createLearner({ ...classifier, seed: 0 }));
  });
});

describe('several runs', () => {
  it('give the bits of one run of all their epochs', async () => {
    const data = images(100);
    await using trainer = await createTrainer({ ...classifier, workers: 2 });
    await trainer.fit(data, { epochs: 1 });
    await trainer.evaluate(data);
    await trainer.predict(data);
    await trainer.fit(data, { epochs: 1 });
    expect(trainer.step).toBe(8);
    expectSameParameters(trainer, learned(classifier, data, { epochs: 2 }));
  });

  it('that are aborted leave the parameters of whole steps, and the next one takes the broken epoch from its start', async () => {
    const data = points(1600);
    const stop = new AbortController();
    await using trainer = await createTrainer({ ...regression, workers: 2 });
    const running = trainer.fit(data, { epochs: 1_000_000, signal: stop.signal });
    await until(() => trainer.step > 230);
    stop.abort();
    await expect(running).rejects.toMatchObject({ code: 'CONVOY_ABORTED' });
    const { step } = trainer;
    const expected = learnedFor(step, regression, data);
    expectSameParameters(trainer, expected);

    await trainer.fit(data, { epochs: 1 });
    expect(trainer.step).toBe(step + 100);
    const brokenEpoch = Math.floor(step / 100);
    const batches = learn(expected, regression, data, { firstEpoch: brokenEpoch, epochs: 1 });
    expect([...batches]).toHaveLength(100);
    expectSameParameters(trainer, expected);
  });

  it('that are aborted in the last step of an epoch count it as taken', async () => {
    const data = points(regression.batchSize);
    const stop = new AbortController();
    await using trainer = await createTrainer({ ...regression, workers: 2 });
    const running = trainer.fit(data, { epochs: 1_000_000, signal: stop.signal });
    await until(() => trainer.step > 20);
    stop.abort();
    await expect(running).rejects.toMatchObject({ code: 'CONVOY_ABORTED' });
    await trainer.fit(data, { epochs: 1 });
    expectSameParameters(trainer, learnedFor(trainer.step, regression, data));
  });
});
