// Data sets that are read while they are trained on give the bits of data sets in memory.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { subset, take } from '@convoy/datasets';
import { checkpoint, createTrainer, type TrainerOptions } from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { hashOf } from '../bits.ts';
import { expectSameTensor } from '../expectations.ts';
import { expectRefusal } from '../refusal.ts';
import { classifier, exchangingClassifier, images, points, regression } from '../small-cases.ts';
import { threadsDuring } from '../threads.ts';
import { readFromFiles } from './read-data.ts';

const SAMPLES = 300;
/** Room for two batches of images, which are streamed. */
const SMALL = 8192;

const stored = images(SAMPLES);

/** The bits after training with a data set in memory. */
async function hashInMemory(options: TrainerOptions, data = stored): Promise<string> {
  await using trainer = await createTrainer({ ...options, workers: 2 });
  await trainer.fit(data, { epochs: 3, validation: data });
  return hashOf(trainer);
}

describe('a data set that is streamed', () => {
  it.each([
    {
      what: 'a classifier',
      options: classifier,
      threads: [
        [1, 1],
        [2, 3],
        [3, 2],
        [4, 1],
      ] as const,
    },
    { what: 'a classifier that exchanges batches', options: exchangingClassifier, threads: [[3, 2]] as const },
  ])('gives the bits of one in memory, for any number of decoders and workers: $what', async ({ options, threads }) => {
    const expected = await hashInMemory(options);
    for (const [decoders, workers] of threads) {
      const { data } = readFromFiles(stored);
      await using trainer = await createTrainer({ ...options, workers, decoders, memoryBudget: SMALL });
      await trainer.fit(data, { epochs: 3, validation: data });
      expect(hashOf(trainer), `${decoders} decoders, ${workers} workers`).toBe(expected);
    }
  });

  it('has the same scores and predictions, and is read again only as often as it must be', async () => {
    const { data, reads } = readFromFiles(stored);
    await using inMemory = await createTrainer({ ...classifier, workers: 2 });
    await using streaming = await createTrainer({ ...classifier, workers: 2, memoryBudget: SMALL });
    for (let call = 0; call < 3; call++) {
      expect(await streaming.evaluate(data)).toEqual(await inMemory.evaluate(stored));
      expectSameTensor('outputs', await streaming.predict(data), await inMemory.predict(stored));
    }
    // Six passes, and what decoders have read ahead of the last one.
    expect(reads()).toBeGreaterThanOrEqual(6 * SAMPLES);
    expect(reads()).toBeLessThanOrEqual(6 * SAMPLES + 128);
  });

  it('is trained in the order of the data set, and in parts', async () => {
    const part = subset(stored, 7, 250);
    const { data } = readFromFiles(stored);
    await using inMemory = await createTrainer({ ...classifier, workers: 2 });
    await using streaming = await createTrainer({ ...classifier, workers: 2, memoryBudget: SMALL });
    for (const options of [{ shuffle: false }, { shuffle: true }, { overfitBatches: 2 }, { maxSteps: 3 }]) {
      await inMemory.fit(part, { epochs: 2, ...options });
      await streaming.fit(subset(data, 7, 250), { epochs: 2, ...options });
      expect(hashOf(streaming), JSON.stringify(options)).toBe(hashOf(inMemory));
    }
  });

  it('continues from a checkpoint in the middle of an epoch', async () => {
    const { data } = readFromFiles(stored);
    const expected = await hashInMemory(classifier);
    const directory = mkdtempSync(join(tmpdir(), 'convoy-'));
    await using first = await createTrainer({ ...classifier, workers: 2, memoryBudget: SMALL });
    await first.fit(data, { epochs: 3, maxSteps: 14, callbacks: [checkpoint({ directory, every: { steps: 7 } })] });
    await using second = await createTrainer({ ...classifier, workers: 1, memoryBudget: SMALL });
    await second.fit(data, { epochs: 3, resume: directory });
    expect(second.step).toBe(30);
    expect(hashOf(second)).toBe(expected);
    rmSync(directory, { recursive: true });
  });

  it('of floats has values as targets', async () => {
    const floats = points(100);
    const { data } = readFromFiles(floats);
    const expected = await hashInMemory(regression, floats);
    await using trainer = await createTrainer({ ...regression, workers: 2, memoryBudget: 1024 });
    await trainer.fit(data, { epochs: 3 });
    expect(hashOf(trainer)).toBe(expected);
  });

  it('needs memory for two batches', async () => {
    const { data } = readFromFiles(stored);
    await using trainer = await createTrainer({ ...classifier, workers: 1, memoryBudget: 4000 });
    const given = /^memoryBudget: 4 KiB$/;
    await expectRefusal(trainer.fit(data, { epochs: 1 }), 'CONVOY_OUT_OF_MEMORY', given);
  });

  it('leaves no thread behind', async () => {
    const { started, left } = await threadsDuring(async () => {
      const { data } = readFromFiles(stored);
      await using trainer = await createTrainer({ ...classifier, workers: 2, decoders: 3, memoryBudget: SMALL });
      await trainer.fit(data, { epochs: 1 });
    });
    expect([started, left]).toEqual([5, 0]);
  });
});

describe('a data set that fits into the memory budget', () => {
  it('is read once, and gives the bits of one in memory', async () => {
    const expected = await hashInMemory(classifier);
    const { data, reads } = readFromFiles(stored);
    for (const decoders of [1, 3]) {
      await using trainer = await createTrainer({ ...classifier, workers: 2, decoders });
      const before = reads();
      await trainer.fit(data, { epochs: 3, validation: data });
      expect(hashOf(trainer)).toBe(expected);
      expect(reads() - before).toBe(SAMPLES);
    }
  });

  it('shares the budget with others', async () => {
    const [first, second] = [readFromFiles(stored), readFromFiles(stored)];
    // The first one fits; the second one is streamed.
    await using trainer = await createTrainer({ ...classifier, workers: 1, memoryBudget: SAMPLES * 63 + SMALL });
    const before = await trainer.evaluate(stored);
    for (const { data } of [first, second, first, second]) expect(await trainer.evaluate(data)).toEqual(before);
    expect(first.reads()).toBe(SAMPLES);
    expect(second.reads()).toBeGreaterThanOrEqual(2 * SAMPLES);
  });

  it('stops to be loaded when the run is aborted', async () => {
    const { data } = readFromFiles(take(images(20_000), 20_000));
    const { left } = await threadsDuring(async () => {
      await using trainer = await createTrainer({ ...classifier, workers: 1 });
      const signal = AbortSignal.timeout(100);
      await expectRefusal(trainer.fit(data, { epochs: 1, signal }), 'CONVOY_ABORTED', /signal/);
      const disposed = trainer.evaluate(data);
      setTimeout(() => void trainer.dispose(), 50);
      await expectRefusal(disposed, 'CONVOY_DISPOSED', /disposed/);
    });
    expect(left).toBe(0);
  });
});
