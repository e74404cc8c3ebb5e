// Runs that end before their time: by a signal, by another call, by disposal.
import { setTimeout as delay } from 'node:timers/promises';
import { take } from '@convoy/datasets';
import { createLearner } from '@convoy/layers';
import { createTrainer, type Trainer } from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { hashOf } from './bits.ts';
import { expectSameParameters } from './expectations.ts';
import { learn, learnedFor } from './single-thread.ts';
import { classifier, images, manyDigits, points, regression, slowClassifier } from './small-cases.ts';
import { threadsDuring, until } from './threads.ts';

const reason = new Error('enough');
const aborted = expect.objectContaining({ code: 'CONVOY_ABORTED', cause: reason });
const disposed = expect.objectContaining({ code: 'CONVOY_DISPOSED' });
const busy = expect.objectContaining({ code: 'CONVOY_BUSY' });

const FOREVER = { epochs: 1_000_000 };

describe('a signal', () => {
  it('that is aborted already lets nothing start', async () => {
    const signal = AbortSignal.abort(reason);
    const data = points(64);
    await using trainer = await createTrainer({ ...regression, workers: 1 });
    await expect(trainer.fit(data, { epochs: 1, signal })).rejects.toEqual(aborted);
    await expect(trainer.evaluate(data, { signal })).rejects.toEqual(aborted);
    await expect(trainer.predict(data, { signal })).rejects.toEqual(aborted);
    expect(trainer.step).toBe(0);
    await trainer.fit(data, { epochs: 1 });
    expect(trainer.step).toBe(4);
  });

  // A machine that is busy with something else may need longer than it should.
  it('ends training within 200 ms', { retry: 2 }, async () => {
    const stop = new AbortController();
    await using trainer = await createTrainer({ ...slowClassifier, workers: 2 });
    const running = trainer.fit(manyDigits(), { ...FOREVER, signal: stop.signal });
    await until(() => trainer.step >= 20);
    const start = performance.now();
    stop.abort(reason);
    await expect(running).rejects.toEqual(aborted);
    expect(performance.now() - start).toBeLessThan(200);
  });

  it.each(['evaluate', 'predict'] as const)('ends %s', async (call) => {
    const data = manyDigits();
    await using trainer = await createTrainer({ ...slowClassifier, workers: 2 });
    const stop = new AbortController();
    const running = trainer[call](data, { signal: stop.signal });
    let start = Number.NaN;
    setTimeout(() => {
      start = performance.now();
      stop.abort(reason);
    }, 10);
    await expect(running).rejects.toEqual(aborted);
    // Without an end it takes several seconds.
    expect(performance.now() - start).toBeLessThan(1000);
    expectSameParameters(trainer, createLearner(slowClassifier));
    await expect(trainer[call](take(data, 9))).resolves.toBeDefined();
  });

  it('that is aborted between two epochs lets no further step be taken', async () => {
    const stop = new AbortController();
    const data = images(100);
    await using trainer = await createTrainer({ ...classifier, workers: 2 });
    const callbacks = [{ onEpochEnd: () => stop.abort(reason) }];
    await expect(trainer.fit(data, { epochs: 3, validation: data, callbacks, signal: stop.signal })).rejects.toEqual(
      aborted,
    );
    expect(trainer.step).toBe(4);
    expectSameParameters(trainer, learnedFor(4, classifier, data));
  });

  it('that is aborted afterwards changes nothing', async () => {
    const stop = new AbortController();
    const { signal } = stop;
    const data = images(64);
    await using trainer = await createTrainer({ ...classifier, workers: 2 });
    await trainer.fit(data, { epochs: 1, signal });
    stop.abort(reason);
    await trainer.fit(data, { epochs: 1 });
    expectSameParameters(trainer, learnedFor(4, classifier, data));
  });
});

describe('during a run', () => {
  it('other runs and new parameters are refused', async () => {
    const data = points(64);
    await using trainer = await createTrainer({ ...regression, workers: 2 });
    const stop = new AbortController();
    const running = trainer.fit(data, { ...FOREVER, signal: stop.signal });
    await expect(trainer.fit(data, { epochs: 1 })).rejects.toEqual(busy);
    await until(() => trainer.step > 0);
    await expect(trainer.evaluate(data)).rejects.toEqual(busy);
    await expect(trainer.predict(data)).rejects.toEqual(busy);
    expect(() => trainer.setParameters(trainer.parameters())).toThrow(busy);
    stop.abort(reason);
    await expect(running).rejects.toEqual(aborted);
    expectSameParameters(trainer, learnedFor(trainer.step, regression, data));
    await trainer.evaluate(data);
  });

  it('parameters are always those of one step', async () => {
    const data = images(320);
    const stop = new AbortController();
    await using trainer = await createTrainer({ ...classifier, workers: 2 });
    const running = trainer.fit(data, { ...FOREVER, signal: stop.signal });
    const seen = new Set<string>();
    await until(() => {
      for (let look = 0; look < 20; look++) seen.add(hashOf(trainer));
      return seen.size >= 200;
    });
    stop.abort(reason);
    await expect(running).rejects.toEqual(aborted);
    const learner = createLearner(classifier);
    seen.delete(hashOf(learner));
    for (const _ of learn(learner, classifier, data, { epochs: trainer.step })) {
      seen.delete(hashOf(learner));
      if (learner.step === trainer.step) break;
    }
    expect([...seen]).toEqual([]);
  });
});

describe('disposal', () => {
  const data = points(160);

  it('ends a run and all threads', async () => {
    const threads = await threadsDuring(async () => {
      const trainer = await createTrainer({ ...regression, workers: 3 });
      const running = trainer.fit(data, FOREVER);
      running.catch(() => {});
      await until(() => trainer.step > 50);
      await trainer.dispose();
      await expect(running).rejects.toEqual(disposed);
      expectSameParameters(trainer, learnedFor(trainer.step, regression, data));
    });
    expect(threads).toEqual({ started: 3, left: 0 });
  });

  it('ends whatever is running at any moment', async () => {
    for (const milliseconds of [0, 0, 1, 2, 4, 8]) {
      const trainer = await createTrainer({ ...regression, workers: 2 });
      const running = trainer.fit(data, { ...FOREVER, validation: points(48_000) });
      running.catch(() => {});
      await delay(milliseconds);
      await trainer.dispose();
      await expect(running).rejects.toEqual(disposed);
    }
  });

  it('may come in the same turn as a run', async () => {
    const trainer = await createTrainer({ ...regression, workers: 2 });
    const running = trainer.predict(data);
    await Promise.all([expect(running).rejects.toEqual(disposed), trainer.dispose()]);
  });

  it('may come from a callback', async () => {
    const threads = await threadsDuring(async () => {
      const trainer = await createTrainer({ ...regression, workers: 2 });
      const callbacks = [{ onEpochEnd: () => trainer.dispose() }];
      await expect(trainer.fit(data, { epochs: 3, callbacks })).rejects.toEqual(disposed);
      expect(trainer.step).toBe(10);
    });
    expect(threads).toEqual({ started: 2, left: 0 });
  });

  it('may be repeated, and each call waits until all threads have ended', async () => {
    const threads = await threadsDuring(async () => {
      const trainer = await createTrainer({ ...regression, workers: 2 });
      void trainer.dispose();
      await trainer.dispose();
      await trainer[Symbol.asyncDispose]();
    });
    expect(threads).toEqual({ started: 2, left: 0 });
  });

  it('leaves only the parameters to read', async () => {
    let trainer: Trainer;
    {
      await using scoped = await createTrainer({ ...regression, workers: 2 });
      await scoped.fit(data, { epochs: 1 });
      trainer = scoped;
    }
    await expect(trainer.fit(data, { epochs: 1 })).rejects.toEqual(disposed);
    await expect(trainer.evaluate(data)).rejects.toEqual(disposed);
    await expect(trainer.predict(data)).rejects.toEqual(disposed);
    expect(() => trainer.setParameters([])).toThrow(disposed);
    expect(trainer.step).toBe(10);
    expectSameParameters(trainer, learnedFor(10, regression, data));
  });
});
