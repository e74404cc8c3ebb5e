// Threads that die, throw or hang at any point: they are replaced, and the run ends with the bits of an undisturbed one.
import { createLearner } from '@convoy/layers';
import type { ConvoyError } from '@convoy/tensor';
import { createTrainer } from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { expectSameParameters, expectSameTensor } from './expectations.ts';
import { type FaultKind, type FaultPoint, PLANTED } from './faults.ts';
import type { FaultReport, FaultScenario } from './programs/fault-scenarios.ts';
import type { SeriesReport } from './programs/fault-series.ts';
import { reportOf } from './run-program.ts';
import { learnedFor } from './single-thread.ts';
import { classifier, images, points, regression } from './small-cases.ts';
import { threadsDuring, until } from './threads.ts';

const WORKERS = 3;

describe('threads that are terminated', () => {
  it.each([1, 2, WORKERS])('while they train are replaced (%i of 3)', async (victims) => {
    const data = images(160);
    const epochs = 60;
    const threads = await threadsDuring(async (living) => {
      const mended: ConvoyError[] = [];
      const onWorkerFailure = (error: ConvoyError) => mended.push(error);
      await using trainer = await createTrainer({ ...classifier, workers: WORKERS, maxFailures: 9, onWorkerFailure });
      const running = trainer.fit(data, { epochs });
      for (const step of [1, 40, 90, 170]) {
        await until(() => trainer.step >= step);
        for (const thread of [...living].slice(0, victims)) void thread.terminate();
      }
      await running;
      expect(mended.length).toBeGreaterThan(0);
      for (const { code, message } of mended) {
        expect(code).toBe('CONVOY_WORKER_FAILED');
        expect(message).toMatch(/exited/);
      }
      expect(trainer.step).toBe(5 * epochs);
      expectSameParameters(trainer, learnedFor(5 * epochs, classifier, data));
    });
    expect(threads.started).toBeGreaterThan(WORKERS);
    expect(threads.left).toBe(0);
  });

  it('while others train without them are replaced', async () => {
    const data = points(4000);
    const options = { ...regression, batchSize: 8 };
    await threadsDuring(async (living) => {
      const mended: ConvoyError[] = [];
      const onWorkerFailure = (error: ConvoyError) => mended.push(error);
      await using trainer = await createTrainer({ ...options, workers: WORKERS, maxFailures: 9, onWorkerFailure });
      const running = trainer.fit(data, { epochs: 30 });
      const [first, second, third] = [...living];
      for (const [thread, step] of [
        [first, 1000],
        [second, 4000],
        [third, 8000],
      ] as const) {
        await until(() => trainer.step >= step);
        void thread?.terminate();
      }
      await running;
      expect(mended.length).toBeGreaterThan(0);
      expect(trainer.step).toBe(15_000);
      expectSameParameters(trainer, learnedFor(15_000, options, data));
    });
  });

  it('while they evaluate or predict are replaced', async () => {
    const data = images(20_000);
    await threadsDuring(async (living) => {
      const kill = () => [...living].at(-1)?.terminate();
      await using trainer = await createTrainer({ ...classifier, workers: WORKERS, maxFailures: 9 });
      const scores = await trainer.evaluate(data);
      const outputs = await trainer.predict(data);
      setTimeout(kill, 5);
      expect(await trainer.evaluate(data)).toEqual(scores);
      setTimeout(kill, 5);
      expectSameTensor('outputs', await trainer.predict(data), outputs);
    });
  });

  it('between two runs, or in the turn of a call, are replaced', async () => {
    const data = points(64);
    await threadsDuring(async (living) => {
      await using trainer = await createTrainer({ ...regression, workers: WORKERS, maxFailures: 9 });
      await trainer.fit(data, { epochs: 1 });
      await [...living][0]?.terminate();
      await trainer.fit(data, { epochs: 1 });
      for (const thread of living) void thread.terminate();
      await trainer.fit(data, { epochs: 1 });
      for (const thread of living) void thread.terminate();
      await trainer.evaluate(points(32));
      expectSameParameters(trainer, learnedFor(12, regression, data));
    });
  });
});

describe('onWorkerFailure', () => {
  it('hears of a thread that dies between two runs, once, with its rank', async () => {
    const data = points(64);
    await threadsDuring(async (living) => {
      const mended: string[] = [];
      const onWorkerFailure = ({ message }: ConvoyError) => mended.push(message);
      await using trainer = await createTrainer({ ...regression, workers: WORKERS, onWorkerFailure });
      await trainer.fit(data, { epochs: 1 });
      await [...living][1]?.terminate();
      expect(mended).toEqual([]);
      await trainer.evaluate(data);
      await trainer.fit(data, { epochs: 1 });
      expect(mended).toEqual([expect.stringMatching(/exited\.? \(worker [012] between segments, after step 4\);/)]);
      for (const thread of [...living].slice(0, 2)) await thread.terminate();
      await trainer.predict(data);
      expect(mended.slice(1)).toEqual([
        expect.stringMatching(/\(worker \d between segments, worker \d between segments, after step 8\);/),
      ]);
      expectSameParameters(trainer, learnedFor(8, regression, data));
    });
  });
});

describe('data that cannot be sent', () => {
  it('ends the call only', async () => {
    const data = points(64);
    const unsendable = { ...data, inputs: new Proxy(data.inputs, {}) };
    await using trainer = await createTrainer({ ...regression, workers: 2 });
    for (let attempt = 0; attempt < 2; attempt++) {
      const running = trainer.fit(unsendable, { epochs: 1 });
      await expect(running).rejects.toMatchObject({
        code: 'CONVOY_WORKER_FAILED',
        message: expect.stringMatching(/DataCloneError.* \(worker \d while it received a data set, after step 0\);/s),
      });
    }
    expectSameParameters(trainer, createLearner(regression));
    await trainer.fit(data, { epochs: 1 });
    expectSameParameters(trainer, learnedFor(4, regression, data));
  });
});

const PLANTING = ['--import', new URL('programs/planted-fault.ts', import.meta.url).href];

/** Runs real workers into faults that a preloaded module plants in their threads. */
const reportsOf = (scenarios: readonly FaultScenario[]) =>
  reportOf<readonly FaultReport[]>(new URL('programs/fault-scenarios.ts', import.meta.url), {
    nodeOptions: PLANTING,
    arguments: [JSON.stringify(scenarios)],
  });

describe('separate faults in one long call', () => {
  it('are not counted together', async () => {
    const reports = await reportOf<readonly SeriesReport[]>(new URL('programs/fault-series.ts', import.meta.url), {
      nodeOptions: PLANTING,
    });
    for (const report of reports) expect(report).toEqual({ faults: 4, isSame: true });
    expect(reports).toHaveLength(2);
  });
});

const stepPoints = ['gather', 'forward', 'loss', 'backward', 'update', 'claim', 'barrier', 'commit'] as const;
const HANG_SECONDS = 0.5;

describe('a worker', () => {
  it.each<{ kind: FaultKind; points: readonly FaultPoint[]; names: RegExp }>([
    { kind: 'throw', points: [...stepPoints, 'between'], names: new RegExp(PLANTED) },
    { kind: 'exit', points: [...stepPoints, 'between'], names: /exited/ },
    { kind: 'heap', points: ['gather', 'backward', 'commit', 'between'], names: /out of memory/ },
    { kind: 'spin', points: ['forward', 'barrier', 'between'], names: /hung for 0.5 s/ },
    { kind: 'sleep', points: ['update', 'commit'], names: /hung for 0.5 s/ },
  ])('that has a fault ($kind) at any point is replaced', { timeout: 60_000 }, async ({ kind, points, names }) => {
    const hangSeconds = HANG_SECONDS;
    const training = points.map((point) => ({ call: 'fit', kind, point, after: 5, hangSeconds }) as const);
    const others = (['evaluate', 'predict'] as const).map(
      (call) => ({ call, kind, point: 'forward', after: 5, hangSeconds }) as const,
    );
    // Workers that exchange something within a step keep their shards and claim none.
    const exchanging = training.flatMap((scenario) =>
      scenario.point === 'claim' ? [] : [{ ...scenario, exchanges: true }],
    );
    // One worker meets nobody at the barrier; the other two may have their fault while it trains.
    const alone = training.flatMap((scenario) =>
      ['gather', 'update', 'commit', 'between'].includes(scenario.point) ? [{ ...scenario, oneBlock: true }] : [],
    );
    const scenarios = [...training, ...others, ...exchanging, ...alone];
    const reports = await reportsOf(scenarios);
    for (const [i, { mended, ...report }] of reports.entries()) {
      const what = JSON.stringify(scenarios[i]);
      expect(report, what).toMatchObject({ happened: 1, sameBits: true, threadsLeft: 0 });
      expect(report.error, what).toBeUndefined();
      // Between segments a thread may be missed and replaced before it is needed.
      if (scenarios[i]?.point !== 'between') expect(mended, what).toHaveLength(1);
      for (const message of mended) expect(message, what).toMatch(names);
    }
  });

  it('that fails again and again ends the run with its error, layer and step', async () => {
    const [throwing, exiting] = await reportsOf([
      { call: 'fit', kind: 'throw', point: 'backward', after: 200, always: true },
      { call: 'fit', kind: 'exit', point: 'forward', always: true },
    ]);
    expect(throwing).toMatchObject({ error: { code: 'CONVOY_WORKER_FAILED', causes: [PLANTED] }, sameBits: true });
    expect(throwing?.steps).toBeGreaterThan(0);
    expect(throwing?.error?.message).toContain(`${PLANTED} (worker `);
    expect(throwing?.error?.message).toMatch(/in backward of '\w+', after step \d+\)/);
    expect(exiting).toMatchObject({ error: { code: 'CONVOY_WORKER_FAILED' }, sameBits: true, steps: 0 });
    expect(exiting?.error?.message).toMatch(/worker exited with code: 7 \(worker .* in forward of 'conv2d_1'/);
    for (const report of [throwing, exiting]) {
      expect(report?.mended).toHaveLength(2);
      expect(report?.milliseconds).toBeLessThan(10_000);
      expect(report?.threadsLeft).toBe(0);
    }
  });

  it('that fails to start or to be set up fails createTrainer', async () => {
    const reports = await reportsOf([
      { call: 'create', kind: 'throw', point: 'start' },
      { call: 'create', kind: 'throw', point: 'set up' },
    ]);
    for (const { error, threadsLeft } of reports) {
      expect(error?.code).toBe('CONVOY_WORKER_FAILED');
      expect(error?.message).toContain(PLANTED);
      expect(threadsLeft).toBe(0);
    }
    expect(reports[1]?.error?.message).toMatch(/\(worker [012] while it was set up\);/);
  });
});
