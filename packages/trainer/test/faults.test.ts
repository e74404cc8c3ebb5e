// Threads that die, throw or hang at any point: they are replaced, and the run ends with the bits of an undisturbed one.
import { createLearner } from '@convoy/layers';
import type { ConvoyError } from '@convoy/tensor';
import { createTrainer } from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { expectSameParameters, expectSameTensor } from './expectations.ts';
import { type FaultReport, type FaultScenario, fault, wrongWith } from './fault-scenarios.ts';
import { PLANTED } from './faults.ts';
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
      const recovered: ConvoyError[] = [];
      const onWorkerFailure = (error: ConvoyError) => recovered.push(error);
      await using trainer = await createTrainer({ ...classifier, workers: WORKERS, maxFailures: 9, onWorkerFailure });
      const running = trainer.fit(data, { epochs });
      for (const step of [1, 40, 90, 170]) {
        await until(() => trainer.step >= step);
        for (const thread of [...living].slice(0, victims)) void thread.terminate();
      }
      await running;
      expect(recovered.length).toBeGreaterThan(0);
      for (const { code, message } of recovered) {
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
      const recovered: ConvoyError[] = [];
      const onWorkerFailure = (error: ConvoyError) => recovered.push(error);
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
      expect(recovered.length).toBeGreaterThan(0);
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
      const recovered: string[] = [];
      const onWorkerFailure = ({ message }: ConvoyError) => recovered.push(message);
      await using trainer = await createTrainer({ ...regression, workers: WORKERS, onWorkerFailure });
      await trainer.fit(data, { epochs: 1 });
      await [...living][1]?.terminate();
      expect(recovered).toEqual([]);
      await trainer.evaluate(data);
      await trainer.fit(data, { epochs: 1 });
      expect(recovered).toEqual([expect.stringMatching(/exited\.? \(worker [012] between segments, after step 4\);/)]);
      for (const thread of [...living].slice(0, 2)) await thread.terminate();
      await trainer.predict(data);
      expect(recovered.slice(1)).toEqual([
        expect.stringMatching(/\(worker \d between segments, worker \d between segments, after step 8\);/),
      ]);
      expectSameParameters(trainer, learnedFor(8, regression, data));
    });
  });

  it.each<[string, () => unknown, object]>([
    ['throws', () => fail(new Error('The pager is off.')), { message: 'The pager is off.' }],
    ['rejects', async () => fail(new Error('The pager is off.')), { message: 'The pager is off.' }],
    ['throws no error', () => fail('off'), { code: 'CONVOY_CALLBACK_FAILED', cause: 'off' }],
    ['rejects with no error', async () => fail(undefined), { code: 'CONVOY_CALLBACK_FAILED' }],
  ])('that %s ends the run, and the trainer can be used again', async (_, onWorkerFailure, error) => {
    const data = points(64);
    await threadsDuring(async (living) => {
      const options = { ...regression, workers: 1, onWorkerFailure: onWorkerFailure as () => void };
      await using trainer = await createTrainer(options);
      await [...living][0]?.terminate();
      await expect(trainer.evaluate(data)).rejects.toMatchObject(error);
      await trainer.evaluate(data);
    });
  });
});

function fail(thrown: unknown): never {
  throw thrown;
}

describe('data that cannot be sent', () => {
  it('ends the call only', async () => {
    const data = points(64);
    const unsendable = { ...data, targets: { ...data.targets, describe: () => 'points' } };
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
    for (const report of reports) expect(report).toEqual({ faults: 2, isSame: true });
    expect(reports).toHaveLength(2);
  });
});

/** Each kind of fault, each point and each situation at least once; `npm run campaign:faults` tries every combination. */
const chosenFaults = [
  fault('fit', 'throw', 'gather'),
  fault('fit', 'exit', 'update'),
  fault('fit', 'heap', 'backward'),
  fault('fit', 'spin', 'barrier'),
  fault('fit', 'sleep', 'commit'),
  fault('fit', 'throw', 'claim'),
  fault('fit', 'exit', 'between'),
  fault('evaluate', 'exit', 'forward'),
  fault('predict', 'throw', 'forward'),
  fault('fit', 'throw', 'loss', { exchanges: true }),
  fault('fit', 'exit', 'barrier', { exchanges: true }),
  fault('fit', 'sleep', 'update', { exchanges: true }),
  fault('fit', 'exit', 'commit', { oneBlock: true }),
  fault('fit', 'throw', 'between', { oneBlock: true }),
];

describe('a worker that has a fault', { timeout: 60_000 }, () => {
  // One process runs all of them.
  let reports: Promise<readonly FaultReport[]> | undefined;

  it.each(chosenFaults.map((scenario, i) => ({ scenario, i })))(
    'is replaced: $scenario.kind at $scenario.point, $scenario.call',
    async ({ scenario, i }) => {
      reports ??= reportsOf(chosenFaults);
      expect(wrongWith(scenario, (await reports)[i] as FaultReport)).toEqual([]);
    },
  );
});

describe('a worker', () => {
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
      expect(report?.recovered).toHaveLength(2);
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
