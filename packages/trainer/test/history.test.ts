// What fit tells its caller and its callbacks.
import { type StoredDataset, take } from '@convoy/datasets';
import { createLearner, type LearnerOptions } from '@convoy/layers';
import { type Callback, createTrainer, type EpochRecord, type Progress } from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { expectSameParameters } from './expectations.ts';
import { learn, learned } from './single-thread.ts';
import { classifier, images, manyDigits, points, regression, slowClassifier } from './small-cases.ts';

/** The mean scores of each epoch: of every batch before its step, weighted with its samples. */
function epochScores(options: LearnerOptions, data: StoredDataset, epochs: number) {
  const batches = [...learn(createLearner(options), options, data, { epochs })];
  const steps = batches.length / epochs;
  return Array.from({ length: epochs }, (_, epoch) => {
    let loss = 0;
    let right = 0;
    for (const { samples, scores } of batches.slice(epoch * steps, (epoch + 1) * steps)) {
      const { loss: mean, accuracy = 0 } = scores;
      loss += samples * mean;
      right += samples * accuracy;
    }
    return { loss: loss / data.length, accuracy: right / data.length };
  });
}

/** A callback that keeps what it hears of. */
function recorder() {
  const progress: Progress[] = [];
  const records: EpochRecord[] = [];
  const callback: Callback = {
    onProgress: (heard) => void progress.push(heard),
    onEpochEnd: (record) => void records.push(record),
  };
  return { callback, progress, records };
}

describe('history', () => {
  it('has the means of every epoch, its last and smaller batch included', async () => {
    const data = images(109);
    const validation = images(40);
    const { callback, records } = recorder();
    await using trainer = await createTrainer({ ...classifier, workers: 3 });
    const history = await trainer.fit(data, { epochs: 3, validation, callbacks: [callback] });
    const expected = epochScores(classifier, data, 3);
    expect(history.epochs).toEqual(records);
    expect(records.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    for (const [i, { scores }] of records.entries()) {
      expect(Object.keys(scores)).toEqual(['loss', 'accuracy']);
      const { loss, accuracy } = scores;
      expect(loss).toBe(expected[i]?.loss);
      expect(accuracy).toBeCloseTo(expected[i]?.accuracy as number, 12);
    }
    expect(records.at(-1)?.validation).toEqual(await trainer.evaluate(validation));
    expect(records[0]?.validation).not.toEqual(records[2]?.validation);
  });

  it('counts seconds of training and the samples in them', async () => {
    const data = points(500);
    const slow: Callback = { onEpochEnd: () => new Promise((resolve) => setTimeout(resolve, 100)) };
    await using trainer = await createTrainer({ ...regression, workers: 2 });
    const history = await trainer.fit(data, { epochs: 2, validation: data, callbacks: [slow] });
    const [first, second] = history.epochs as [EpochRecord, EpochRecord];
    expect(history.seconds).toBe(first.seconds + second.seconds);
    expect(history.samplesPerSecond).toBe(1000 / history.seconds);
    expect(second.samplesPerSecond).toBe(500 / second.seconds);
    expect(first).not.toHaveProperty('scores.accuracy');
    expect((await trainer.fit(data, { epochs: 1 })).epochs[0]).not.toHaveProperty('validation');
  });
});

describe('progress', () => {
  it('advances from step to step and from epoch to epoch, and ends with everything done', async () => {
    const data = points(16 * 3000 + 1);
    const { callback, progress } = recorder();
    await using trainer = await createTrainer({ ...regression, workers: 2 });
    const { epochs } = await trainer.fit(data, { epochs: 3, callbacks: [callback] });
    const steps = 3001;
    let done = 0;
    for (const report of progress) {
      expect(report).toMatchObject({ epochs: 3, steps });
      expect(report.step).toBeLessThanOrEqual(steps);
      const now = (report.epoch - 1) * steps + report.step;
      expect(now).toBeGreaterThanOrEqual(done);
      done = now;
      if (report.step > 0) {
        expect(report.scores?.loss).toBeGreaterThan(0);
        expect(report.samplesPerSecond).toBeGreaterThan(0);
        expect(report.secondsLeft).toBeGreaterThanOrEqual(0);
      } else {
        expect(report).toMatchObject({ scores: undefined, secondsLeft: undefined, samplesPerSecond: 0 });
      }
    }
    const ends = progress.filter(({ step }) => step === steps);
    for (const [i, { scores }] of epochs.entries()) {
      expect(ends.findLast(({ epoch }) => epoch === i + 1)?.scores).toEqual(scores);
    }
    const left = [1, 2, 3].map((number) => ends.findLast(({ epoch }) => epoch === number)?.secondsLeft as number);
    expect(left[0]).toBeGreaterThan(left[1] as number);
    expect(left[1]).toBeGreaterThan(0);
    expect(left[2]).toBe(0);
    expect(progress.at(-1)).toMatchObject({ epoch: 3, step: steps, secondsLeft: 0 });
  });

  it('comes several times in an epoch that takes long', async () => {
    const stop = new AbortController();
    const { callback, progress } = recorder();
    const trained = () => progress.filter(({ step }) => step > 0);
    // On a busy machine the first reports come before the first step.
    let reports = 0;
    const third: Callback = {
      onProgress() {
        if (new Set(trained().map(({ step }) => step)).size < 3) return;
        reports = progress.length;
        stop.abort();
      },
    };
    await using trainer = await createTrainer({ ...slowClassifier, workers: 1 });
    const running = trainer.fit(manyDigits(), {
      epochs: 1,
      callbacks: [callback, third],
      signal: stop.signal,
    });
    await expect(running).rejects.toMatchObject({ code: 'CONVOY_ABORTED' });
    expect(reports).toBeGreaterThanOrEqual(3);
    expect(progress).toHaveLength(reports);
    const [first, last] = [trained()[0], trained().at(-1)] as [Progress, Progress];
    expect(last.step).toBeGreaterThan(first.step);
    expect(last.scores?.loss).toBeLessThan(first.scores?.loss as number);
  });
});

describe('callbacks', () => {
  it('are awaited at the end of an epoch, one after the other', async () => {
    const data = points(32);
    const events: string[] = [];
    await using trainer = await createTrainer({ ...regression, workers: 1 });
    const slow: Callback = {
      async onEpochEnd({ epoch }) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        events.push(`slow ${epoch} at step ${trainer.step}`);
      },
    };
    const fast: Callback = { onEpochEnd: ({ epoch }) => void events.push(`fast ${epoch}`) };
    await trainer.fit(data, { epochs: 2, callbacks: [slow, fast] });
    expect(events).toEqual(['slow 1 at step 2', 'fast 1', 'slow 2 at step 4', 'fast 2']);
  });

  it('may look at parameters and step between epochs', async () => {
    const data = images(70);
    await using trainer = await createTrainer({ ...classifier, workers: 2 });
    const expected = createLearner(classifier);
    const batches = learn(expected, classifier, data, { epochs: 2 });
    const compare: Callback = {
      onEpochEnd({ epoch }) {
        expect(trainer.step).toBe(3 * epoch);
        while (expected.step < trainer.step) batches.next();
        expectSameParameters(trainer, expected);
      },
    };
    await trainer.fit(data, { epochs: 2, callbacks: [compare] });
    expect(expected.step).toBe(6);
  });

  it.each<{ when: string; steps: number; callback: Callback }>([
    { when: 'at the end of an epoch', steps: 4, callback: { onEpochEnd: fail } },
    { when: 'asynchronously', steps: 4, callback: { onEpochEnd: async () => fail() } },
    {
      when: 'on the last progress of an epoch',
      steps: 4,
      callback: { onProgress: ({ step }) => step === 4 && fail() },
    },
  ])(
    'that throw $when end the run with their error, and the trainer can be used again',
    async ({ steps, callback }) => {
      const data = images(100);
      await using trainer = await createTrainer({ ...classifier, workers: 2 });
      await expect(trainer.fit(data, { epochs: 5, callbacks: [callback] })).rejects.toBe(failure);
      expect(trainer.step).toBe(steps);
      await trainer.fit(data, { epochs: 1 });
      expectSameParameters(trainer, learned(classifier, data, { epochs: 2 }));
    },
  );

  it('that throw during an epoch end it after the running step', async () => {
    const data = manyDigits();
    await using trainer = await createTrainer({ ...slowClassifier, workers: 1 });
    await expect(trainer.fit(data, { epochs: 1, callbacks: [{ onProgress: fail }] })).rejects.toBe(failure);
    expect(trainer.step).toBeGreaterThan(0);
    expect(trainer.step).toBeLessThan(data.length / slowClassifier.batchSize);
    await trainer.evaluate(take(data, 10));
  });
});

const failure = new Error('The callback failed.');

function fail(): never {
  throw failure;
}
