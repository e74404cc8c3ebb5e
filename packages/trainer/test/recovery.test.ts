// Workers that fail: they are replaced, the step is repeated, and the bits are those of an undisturbed run.
import { setTimeout as pause } from 'node:timers/promises';
import { createLearner } from '@convoy/layers';
import { type ConvoyError, Tensor } from '@convoy/tensor';
import { createTrainer } from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { expectSameParameters, expectSameTensor } from './expectations.ts';
import type { RecoveryReport } from './programs/faulty-workers.ts';
import { reportOf } from './run-program.ts';
import { learnedFor } from './single-thread.ts';
import { classifier, images, manyDigits, points, regression, slowClassifier } from './small-cases.ts';
import { threadsDuring, until } from './threads.ts';

describe('a thread that is terminated', () => {
  it.each([0, 1, 2])('is replaced, and the bits stay the same (thread %i of 3)', async (victim) => {
    const data = points(160);
    const threads = await threadsDuring(async (living) => {
      const failures: ConvoyError[] = [];
      const onWorkerFailure = (error: ConvoyError) => failures.push(error);
      const trainer = await createTrainer({ ...regression, workers: 3, onWorkerFailure });
      const running = trainer.fit(data, { epochs: 400 });
      await until(() => trainer.step > 30);
      void [...living][victim]?.terminate();
      await running;
      expect(failures).toHaveLength(1);
      expect(failures[0]).toMatchObject({ code: 'CONVOY_WORKER_FAILED' });
      expect(failures[0]?.message).toMatch(/worker \d in \w+.*after step \d+/);
      expectSameParameters(trainer, learnedFor(4000, regression, data));
      await trainer.dispose();
    });
    expect(threads).toMatchObject({ started: 4, left: 0 });
  });

  it('may be any of them, again and again', async () => {
    const data = images(96);
    await threadsDuring(async (living) => {
      await using trainer = await createTrainer({ ...classifier, workers: 2 });
      const running = trainer.fit(data, { epochs: 300 });
      for (const step of [1, 5, 34, 200, 500]) {
        await until(() => trainer.step >= step);
        for (const thread of living) void thread.terminate();
      }
      const { epochs } = await running;
      expectSameParameters(trainer, learnedFor(900, classifier, data));
      expect(epochs).toHaveLength(300);
    });
  });

  it.each(['evaluate', 'predict'] as const)('does not change what %s gives', async (call) => {
    await threadsDuring(async (living) => {
      await using trainer = await createTrainer({ ...slowClassifier, workers: 2 });
      const data = manyDigits();
      const expected = await trainer[call](data);
      const running = trainer[call](data);
      await pause(10);
      void [...living][0]?.terminate();
      const actual = await running;
      if (expected instanceof Tensor) expectSameTensor('outputs', actual as Tensor, expected);
      else expect(actual).toEqual(expected);
    });
  });

  it('between two runs is replaced for the next one', async () => {
    await threadsDuring(async (living) => {
      const data = points(64);
      await using trainer = await createTrainer({ ...regression, workers: 3 });
      await trainer.fit(data, { epochs: 1 });
      await [...living][0]?.terminate();
      await trainer.fit(data, { epochs: 1 });
      expectSameParameters(trainer, learnedFor(8, regression, data));
    });
  });

  it.each([false, true])('in the turn of a call is replaced for it (data that is new: %s)', async (fresh) => {
    await threadsDuring(async (living) => {
      const data = points(64);
      await using trainer = await createTrainer({ ...regression, workers: 2 });
      const expected = await trainer.evaluate(data);
      for (const thread of living) void thread.terminate();
      expect(await trainer.evaluate(fresh ? points(64) : data)).toEqual(expected);
    });
  });
});

describe('data that cannot be sent', () => {
  it('ends the call only', async () => {
    const data = points(64);
    const unsendable = { ...data, inputs: new Proxy(data.inputs, {}) };
    await using trainer = await createTrainer({ ...regression, workers: 2 });
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(trainer.fit(unsendable, { epochs: 1 })).rejects.toThrow('DataCloneError');
    }
    expectSameParameters(trainer, createLearner(regression));
    await trainer.fit(data, { epochs: 1 });
    expectSameParameters(trainer, learnedFor(4, regression, data));
  });
});

/** Runs real workers into faults that a preloaded module plants in their threads. */
const faultReport = (fault: string) =>
  reportOf<RecoveryReport>(new URL('programs/faulty-workers.ts', import.meta.url), {
    nodeOptions: ['--import', new URL('programs/fault.ts', import.meta.url).href],
    environment: { FAULT: fault },
  });

describe('a worker', () => {
  it.each([
    ['throws', 'a planted fault'],
    ['exits', 'exit'],
    ['hangs', 'The worker hung for 0.5 s'],
  ])('that %s in the middle of a step is mended, and the bits stay the same', async (fault, message) => {
    const report = await faultReport(fault);
    expect(report).toMatchObject({ code: 'none', sameBits: true });
    expect(report.failures).toBeGreaterThan(0);
    expect(report.message).toContain(message);
  });

  it('that always throws ends the run with its error, its layer and its step', async () => {
    const report = await faultReport('always throws in a kernel');
    expect(report).toMatchObject({ code: 'CONVOY_WORKER_FAILED', cause: 'a planted fault', failures: 2 });
    expect(report.message).toMatch(/worker \d in forward of 'dense_1', after step 0/);
  });

  it.each(['start', 'set up'])('that fails to %s fails createTrainer', async (fault) => {
    const report = await faultReport(fault);
    expect(report).toMatchObject({ code: 'CONVOY_WORKER_FAILED' });
    expect(report.message).toContain('a planted fault');
  });
});
