// Threads that do not become workers: they die while they are started, hang, or are refused by the system. And threads that do, however long they
// may take.
import { createTrainer } from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { expectSameParameters } from './expectations.ts';
import type { FaultReport, FaultScenario } from './fault-scenarios.ts';
import type { RefusalReport } from './programs/refused-threads.ts';
import { reportOf, runProgram } from './run-program.ts';
import { learnedFor } from './single-thread.ts';
import { points, regression } from './small-cases.ts';
import { threadsDuring } from './threads.ts';

const WORKERS = 3;
/** On an idle machine it takes 0.3 s, on a busy one several times as long; a call that waits for a dead thread takes 10 s or more. */
const MAX_RECOVERY_MS = 5000;

/** Terminates the next threads, each so many milliseconds after its creation. Returns what ends this. */
function terminateNext(victims: number, milliseconds: number): () => void {
  let left = victims;
  const watch = (thread: { terminate(): Promise<number> }) => {
    if (left-- > 0) setTimeout(() => void thread.terminate(), milliseconds);
  };
  process.on('worker', watch);
  return () => process.off('worker', watch);
}

describe('threads that die while they replace dead ones', () => {
  it.each([
    { victims: 2, milliseconds: 30 },
    { victims: 6, milliseconds: 20 },
    { victims: 3, milliseconds: 0 },
    { victims: 4, milliseconds: 100 },
  ])('do not stall the next call ($victims after $milliseconds ms)', { timeout: 100_000 }, async (fault) => {
    const data = points(64);
    await threadsDuring(async (living) => {
      await using trainer = await createTrainer({ ...regression, workers: WORKERS, maxFailures: 9 });
      await trainer.fit(data, { epochs: 1 });
      const stop = terminateNext(fault.victims, fault.milliseconds);
      await Promise.all([...living].map((thread) => thread.terminate()));
      const start = performance.now();
      await trainer.fit(data, { epochs: 1 });
      expect(performance.now() - start).toBeLessThan(MAX_RECOVERY_MS);
      await trainer.evaluate(data);
      stop();
      expectSameParameters(trainer, learnedFor(8, regression, data));
    });
  });

  it('end the call after as many failures in a row as it may have, and the next call succeeds', async () => {
    const data = points(64);
    await threadsDuring(async (living) => {
      const recovered: string[] = [];
      const onWorkerFailure = ({ message }: Error) => recovered.push(message);
      await using trainer = await createTrainer({ ...regression, workers: WORKERS, maxFailures: 2, onWorkerFailure });
      const stop = terminateNext(Number.POSITIVE_INFINITY, 0);
      await Promise.all([...living].map((thread) => thread.terminate()));
      await expect(trainer.fit(data, { epochs: 1 })).rejects.toMatchObject({
        code: 'CONVOY_WORKER_FAILED',
        message: expect.stringMatching(/exited.* \(worker 0 while it was set up, .*, after step 0\);/),
      });
      stop();
      expect(recovered).toEqual([
        expect.stringMatching(/worker 2 between segments/),
        expect.stringMatching(/worker 2 while it was set up/),
      ]);
      await trainer.fit(data, { epochs: 1 });
      expectSameParameters(trainer, learnedFor(4, regression, data));
    });
  });
});

describe('a thread that hangs while it is started', () => {
  it('ends the creation of a trainer after 10 s, if workers count as hung before that', {
    timeout: 70_000,
  }, async () => {
    const scenario: FaultScenario = { call: 'create', kind: 'sleep', point: 'start', hangSeconds: 0.5 };
    const start = performance.now();
    const [report] = await reportOf<readonly FaultReport[]>(new URL('programs/fault-scenarios.ts', import.meta.url), {
      nodeOptions: ['--import', new URL('programs/planted-fault.ts', import.meta.url).href],
      arguments: [JSON.stringify([scenario])],
    });
    expect(performance.now() - start).toBeLessThan(30_000);
    expect(report).toMatchObject({ happened: 1, threadsLeft: 0, error: { code: 'CONVOY_WORKER_FAILED' } });
    expect(report?.error?.message).toMatch(/hung for 10 s\. \(worker \d while it was set up\)/);
  });
});

describe('a time after which workers count as hung', () => {
  // Timers of Node end at once if their delay is 2³¹ ms, about 2.15 million seconds, or more.
  it.each([2.2e6, 1.8e7, 1e300, Number.MAX_VALUE, Number.POSITIVE_INFINITY])('may be %d s', async (hangSeconds) => {
    const data = points(64);
    const warnings: string[] = [];
    const warn = ({ message }: Error) => warnings.push(message);
    process.on('warning', warn);
    const failures: string[] = [];
    const onWorkerFailure = ({ message }: Error) => failures.push(message);
    const threads = await threadsDuring(async () => {
      await using trainer = await createTrainer({ ...regression, workers: 2, hangSeconds, onWorkerFailure });
      await trainer.fit(data, { epochs: 3, validation: points(32) });
      expectSameParameters(trainer, learnedFor(12, regression, data));
    });
    process.off('warning', warn);
    expect({ warnings, failures, threads }).toEqual({ warnings: [], failures: [], threads: { started: 2, left: 0 } });
  });
});

describe('threads that the system refuses', () => {
  const program = new URL('programs/refused-threads.ts', import.meta.url);

  it('fail the creation of a trainer, with the cause, and none is left', async () => {
    // Node refuses threads without --allow-worker.
    const report = await reportOf<RefusalReport>(program, { nodeOptions: ['--permission', '--allow-fs-read=*'] });
    expect(report.threadsLeft).toBe(0);
    expect(report.creation).toEqual({
      code: 'CONVOY_WORKER_FAILED',
      message: expect.stringMatching(
        /a thread that was refused with .* \(worker 0 while it was set up\);.*--allow-worker/,
      ),
      cause: 'ERR_ACCESS_DENIED',
    });
  });

  it('after others have started fail a creation or a run, none of them is left, and later calls succeed', async () => {
    const refused = { code: 'CONVOY_WORKER_FAILED', cause: 'ERR_WORKER_INIT_FAILED' };
    const report = await reportOf<RefusalReport>(program, { arguments: ['2'] });
    expect(report).toEqual({
      creation: { ...refused, message: expect.stringContaining('(worker 2 while it was set up)') },
      threadsLeft: 0,
      run: { ...refused, message: expect.stringContaining('(worker 1 while it was set up, after step 2)') },
      isSame: true,
    });
  });

  it('let the process end by itself', async () => {
    const { exitCode, millisecondsToExit } = await runProgram(program, { arguments: ['3'] });
    expect(exitCode).toBe(0);
    expect(millisecondsToExit).toBeLessThan(2000);
  });
});
