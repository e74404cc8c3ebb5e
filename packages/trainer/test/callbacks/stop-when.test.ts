// Stopping on a condition, and the names of scores.
import { join } from 'node:path';
import {
  type Callback,
  checkpoint,
  createTrainer,
  earlyStopping,
  type FitOptions,
  monitored,
  stopWhen,
} from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../../datasets/test/temporary-directory.ts';
import { hashOf } from '../bits.ts';
import { expectRefusal } from '../refusal.ts';
import { points, regression } from '../small-cases.ts';

const root = temporaryDirectory();

describe('stopWhen', () => {
  it('ends a run after the first epoch for which its condition holds', async () => {
    const data = points(48);
    await using trainer = await createTrainer({ ...regression, workers: 1 });
    const seen: [number, number, number][] = [];
    const callback = stopWhen((record, run) => {
      seen.push([record.epoch, run.step, run.records.length]);
      return run.step >= 6;
    });
    expect((await trainer.fit(data, { epochs: 9, callbacks: [callback] })).epochs).toHaveLength(2);
    expect((await trainer.fit(data, { epochs: 9, callbacks: [callback] })).epochs).toHaveLength(1);
    expect(seen).toEqual([
      [1, 3, 1],
      [2, 6, 2],
      [1, 9, 1],
    ]);
  });
});

describe('a run that was stopped', () => {
  const data = points(48);
  const own: Callback = {
    onEpochEnd({ epoch }, run) {
      if (epoch === 2) run.stop('two are enough');
    },
  };

  it('says why', async () => {
    await using trainer = await createTrainer({ ...regression, workers: 1 });
    const stoppedBy = async (options: Partial<FitOptions>) =>
      (await trainer.fit(data, { epochs: 3, ...options })).stopped;
    expect(await stoppedBy({})).toBeUndefined();
    expect(await stoppedBy({ callbacks: [stopWhen(() => true)] })).toBe('the condition of stopWhen holds');
    expect(await stoppedBy({ callbacks: [stopWhen(() => true, 'good enough'), own] })).toBe('good enough');
    expect(await stoppedBy({ callbacks: [{ onEpochEnd: (_, run) => run.stop() }] })).toBe('a callback stopped it');
    const worse = earlyStopping({ monitor: 'loss', mode: 'max', minDelta: 9, patience: 2 });
    expect(await stoppedBy({ callbacks: [worse] })).toBe('earlyStopping: 2 epochs without a better loss');
    expect(await stoppedBy({ maxSteps: 4 })).toBe('maxSteps');
    expect(await stoppedBy({ maxSteps: 3 })).toBe('maxSteps');
    expect(await stoppedBy({ maxSteps: 9 })).toBeUndefined();
    expect(await stoppedBy({ epochs: 1e6, maxSeconds: 0.1 })).toBe('maxSeconds');
  });

  it.each([
    { name: 'stopWhen', create: () => stopWhen(({ epoch }) => epoch === 2, 'two are enough') },
    { name: 'a callback without a state', create: () => own },
  ])('stays stopped when it is resumed, with $name', async ({ name, create }) => {
    const directory = join(root, name);
    const run = async (callbacks: readonly Callback[]) => {
      await using trainer = await createTrainer({ ...regression, workers: 2 });
      const { epochs, stopped } = await trainer.fit(data, { epochs: 5, callbacks, resume: directory });
      return { epochs: epochs.map(({ scores }) => scores), stopped, hash: hashOf(trainer) };
    };
    const first = await run([create(), checkpoint({ directory })]);
    expect(first).toMatchObject({ epochs: { length: 2 }, stopped: 'two are enough' });
    expect(await run([create(), checkpoint({ directory })])).toEqual(first);
    expect(await run([])).toEqual(first);
    // The checkpoint before knows of no stop.
    await using trainer = await createTrainer({ ...regression, workers: 1 });
    const file = join(directory, 'step-000000003.safetensors');
    expect((await trainer.fit(data, { epochs: 5, resume: file })).epochs).toHaveLength(5);
  });

  it('in the middle of an epoch ends it first, also when it is resumed there', async () => {
    const directory = join(root, 'in the middle');
    const stopping: Callback = { everySteps: 4, onSteps: (run) => run.stop('in the middle') };
    const ended = async (options: Partial<FitOptions>) => {
      await using trainer = await createTrainer({ ...regression, workers: 2 });
      const { epochs, stopped } = await trainer.fit(data, { epochs: 5, ...options });
      return { epochs: epochs.map(({ scores }) => scores), stopped, hash: hashOf(trainer) };
    };
    const expected = await ended({ callbacks: [stopping] });
    expect(expected).toMatchObject({ epochs: { length: 2 }, stopped: 'in the middle' });
    const saving = checkpoint({ directory, every: { steps: 4 } });
    expect(await ended({ callbacks: [stopping, saving], maxSteps: 4 })).toMatchObject({ stopped: 'maxSteps' });
    expect(await ended({ resume: directory })).toEqual(expected);
  });
});

describe('monitored', () => {
  const timing = { seconds: 1, samplesPerSecond: 1 };
  const record = { epoch: 1, scores: { loss: 1, accuracy: 0.5 }, validation: { loss: 2, accuracy: 0 }, ...timing };

  it('finds a score by its name', () => {
    const names = ['loss', 'accuracy', 'validation.loss', 'validation.accuracy'];
    expect(names.map((name) => monitored(record, name))).toEqual([1, 0.5, 2, 0]);
  });

  it.each(['validation.loss', 'epoch', 'toString', ''])(
    'does not know %j in an epoch without validation',
    async (name) => {
      const find = async () => monitored({ epoch: 1, scores: { loss: 1 }, ...timing }, name);
      const error = await expectRefusal(find(), 'CONVOY_UNKNOWN_NAME', /^monitor: "/);
      expect(error.expected).toBe('one of loss');
    },
  );
});
