// Threads that die, and workers that throw: always a clear error, never a hang, and the parameters of whole steps.
import { take } from '@convoy/datasets';
import { createLearner } from '@convoy/layers';
import { ConvoyError } from '@convoy/tensor';
import { createTrainer, type Trainer } from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { expectSameParameters } from './expectations.ts';
import type { FaultReport } from './programs/faulty-workers.ts';
import { reportOf } from './run-program.ts';
import { learnedFor } from './single-thread.ts';
import { classifier, images, manyDigits, points, regression, slowClassifier } from './small-cases.ts';
import { threadsDuring, until } from './threads.ts';

const failed = expect.objectContaining({ code: 'CONVOY_WORKER_FAILED' });
const WITHIN_MS = 2000;

/** The error of a call that must reject in time. */
async function failureOf(running: Promise<unknown>): Promise<ConvoyError> {
  const start = performance.now();
  const error = await running.then(
    () => expect.fail('It did not reject.'),
    (reason: unknown) => reason,
  );
  expect(performance.now() - start).toBeLessThan(WITHIN_MS);
  expect(error).toBeInstanceOf(ConvoyError);
  expect(error).toEqual(failed);
  return error as ConvoyError;
}

/** A trainer without all of its threads refuses everything with the same error, and can be disposed of. */
async function expectEnded(trainer: Trainer, error: ConvoyError): Promise<void> {
  const data = points(16);
  await expect(trainer.fit(data, { epochs: 1 })).rejects.toBe(error);
  await expect(trainer.evaluate(data)).rejects.toBe(error);
  await expect(trainer.predict(data)).rejects.toBe(error);
  await trainer.dispose();
}

describe('a thread that is terminated', () => {
  it.each([0, 1, 2])('ends the training that it takes part in (thread %i of 3)', async (victim) => {
    const data = points(160);
    const threads = await threadsDuring(async (living) => {
      const trainer = await createTrainer({ ...regression, workers: 3 });
      const running = trainer.fit(data, { epochs: 1_000_000 });
      await until(() => trainer.step > 30);
      void [...living][victim]?.terminate();
      const error = await failureOf(running);
      expect(error.message).toMatch(/a worker thread that failed with .*exited/);
      expectSameParameters(trainer, learnedFor(trainer.step, regression, data));
      await expectEnded(trainer, error);
    });
    expect(threads.left).toBe(0);
  });

  it('leaves a whole step wherever it is hit', async () => {
    const data = images(96);
    for (const steps of [1, 2, 5, 13, 34]) {
      await threadsDuring(async (living) => {
        await using trainer = await createTrainer({ ...classifier, workers: 2 });
        const running = trainer.fit(data, { epochs: 1_000_000 });
        await until(() => trainer.step >= steps);
        for (const thread of living) void thread.terminate();
        await failureOf(running);
        expectSameParameters(trainer, learnedFor(trainer.step, classifier, data));
      });
    }
  });

  it.each(['evaluate', 'predict'] as const)('ends %s', async (call) => {
    await threadsDuring(async (living) => {
      const trainer = await createTrainer({ ...slowClassifier, workers: 2 });
      const data = manyDigits();
      await trainer.evaluate(take(data, 8));
      const running = trainer[call](data);
      const [thread] = living;
      setTimeout(() => thread?.terminate(), 10);
      await expect(trainer.fit(data, { epochs: 1 })).rejects.toMatchObject({ code: 'CONVOY_BUSY' });
      await failureOf(running);
      await trainer.dispose();
    });
  });

  it('between two runs ends the next one', async () => {
    await threadsDuring(async (living) => {
      const data = points(64);
      const trainer = await createTrainer({ ...regression, workers: 3 });
      await trainer.fit(data, { epochs: 1 });
      const [thread] = living;
      await thread?.terminate();
      const error = await failureOf(trainer.fit(data, { epochs: 1 }));
      expect(trainer.step).toBe(4);
      expectSameParameters(trainer, learnedFor(4, regression, data));
      await expectEnded(trainer, error);
    });
  });

  it.each([
    { what: 'data that it knows', fresh: false },
    { what: 'data that it is being told of', fresh: true },
  ])('in the turn of a call ends it: $what', async ({ fresh }) => {
    await threadsDuring(async (living) => {
      const data = points(64);
      await using trainer = await createTrainer({ ...regression, workers: 2 });
      await trainer.evaluate(data);
      for (const thread of living) void thread.terminate();
      await failureOf(trainer.evaluate(fresh ? points(32) : data));
    });
  });
});

describe('data that cannot be sent', () => {
  it('ends the call only', async () => {
    const data = points(64);
    const unsendable = { ...data, inputs: new Proxy(data.inputs, {}) };
    await using trainer = await createTrainer({ ...regression, workers: 2 });
    for (let attempt = 0; attempt < 2; attempt++) {
      expect((await failureOf(trainer.fit(unsendable, { epochs: 1 }))).message).toContain('DataCloneError');
    }
    expectSameParameters(trainer, createLearner(regression));
    await trainer.fit(data, { epochs: 1 });
    expectSameParameters(trainer, learnedFor(4, regression, data));
  });
});

/** Runs real workers into faults that a preloaded module plants in their threads. */
const faultReport = (fault: string) =>
  reportOf<FaultReport>(new URL('programs/faulty-workers.ts', import.meta.url), {
    nodeOptions: ['--import', new URL('programs/fault.ts', import.meta.url).href],
    environment: { FAULT: fault },
  });

describe('a worker', () => {
  it('that exits in the middle of a step ends training', async () => {
    const report = await faultReport('exit');
    expect(report).toMatchObject({ code: 'CONVOY_WORKER_FAILED', sameBits: true, laterCode: 'CONVOY_WORKER_FAILED' });
    expect(report.message).toContain('worker exited with code: 7');
    expect(report.milliseconds).toBeLessThan(WITHIN_MS);
    expect(report.steps).toBeGreaterThan(0);
  });

  it('that throws in the middle of a step ends the run with its error, and the next run goes on', async () => {
    const report = await faultReport('throw');
    expect(report).toMatchObject({ code: 'CONVOY_WORKER_FAILED', sameBits: true, laterCode: 'none' });
    expect(report.message).toContain('a planted fault');
    expect(report.cause).toBe('a planted fault');
    expect(report.milliseconds).toBeLessThan(WITHIN_MS);
    expect(report.steps).toBeGreaterThan(0);
  });

  it.each(['start', 'set up'])('that fails to %s fails createTrainer', async (fault) => {
    const report = await faultReport(fault);
    expect(report).toMatchObject({ code: 'CONVOY_WORKER_FAILED', steps: 0 });
    expect(report.message).toContain('a planted fault');
  });
});
