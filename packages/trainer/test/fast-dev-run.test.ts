// A fit that is only tried out.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { take } from '@convoy/datasets';
import {
  type Callback,
  checkpoint,
  createTrainer,
  csvLog,
  earlyStopping,
  jsonLinesLog,
  reduceOnPlateau,
  stopWhen,
} from '@convoy/trainer';
import { expect, it } from 'vitest';
import { temporaryDirectory } from '../../datasets/test/temporary-directory.ts';
import { expectSameParameters } from './expectations.ts';
import { expectRefusal } from './refusal.ts';
import { classifier, images } from './small-cases.ts';

const root = temporaryDirectory();
const data = images(200);
const validation = images(150);

it.each([
  { fastDevRun: true, samples: 32 },
  { fastDevRun: 3, samples: 96 },
])('fastDevRun: $fastDevRun trains and validates $samples samples in one epoch', async ({ fastDevRun, samples }) => {
  await using trainer = await createTrainer({ ...classifier, workers: 2 });
  await using other = await createTrainer({ ...classifier, workers: 2 });
  const { epochs } = await trainer.fit(data, { epochs: 7, validation, fastDevRun });
  const expected = await other.fit(take(data, samples), { epochs: 1, validation: take(validation, samples) });
  const scoresOf = (records: typeof epochs) => records.map(({ scores, validation }) => ({ scores, validation }));
  expect(scoresOf(epochs)).toEqual(scoresOf(expected.epochs));
  expect(trainer.step).toBe(samples / 32);
  expectSameParameters(trainer, other);
});

it('takes all data where that is less, and no more than overfitBatches says', async () => {
  await using trainer = await createTrainer({ ...classifier, workers: 1 });
  await trainer.fit(data, { epochs: 1, validation: take(validation, 5), fastDevRun: 100 });
  expect(trainer.step).toBe(7);
  await trainer.fit(data, { epochs: 1, overfitBatches: 2, fastDevRun: 100 });
  expect(trainer.step).toBe(9);
});

it('runs callbacks, but none that write or end a run', async () => {
  const directory = join(root, 'checkpoints');
  const calls: string[] = [];
  const record = (name: string) => () => {
    calls.push(name);
  };
  const own: Callback = {
    everySteps: 1,
    onStart: record('start'),
    onSteps: record('steps'),
    onProgress: ({ epochs, steps }) => calls.push(`progress of ${epochs} epoch, ${steps} step`),
    onEpochEnd: record('epoch'),
    onEnd: record('end'),
  };
  await using trainer = await createTrainer({ ...classifier, workers: 2 });
  await trainer.fit(data, {
    epochs: 9,
    validation,
    fastDevRun: true,
    resume: join(root, 'nowhere.safetensors'),
    callbacks: [
      own,
      reduceOnPlateau(),
      earlyStopping({ monitor: 'nothing', mode: 'min' }),
      stopWhen(() => expect.fail('It was asked.')),
      csvLog({ file: join(root, 'log.csv') }),
      jsonLinesLog({ file: join(root, 'log.jsonl') }),
      { skipsFastDevRun: true, onStart: () => expect.fail('It was called.') },
      checkpoint({ directory, best: true }),
    ],
  });
  expect([...new Set(calls)]).toEqual(['start', 'steps', 'progress of 1 epoch, 1 step', 'epoch', 'end']);
  expect(existsSync(directory)).toBe(false);
  expect(readdirSync(root)).toEqual([]);
});

it('false is a fit as any other', async () => {
  await using trainer = await createTrainer({ ...classifier, workers: 2 });
  await trainer.fit(data, { epochs: 2, fastDevRun: false });
  expect(trainer.step).toBe(14);
});

it.each([0, -1, 1.5, Number.NaN, 'yes'])('refuses %j', async (fastDevRun) => {
  await using trainer = await createTrainer({ ...classifier, workers: 1 });
  const running = trainer.fit(data, { epochs: 1, fastDevRun: fastDevRun as number });
  await expectRefusal(running, 'CONVOY_INVALID_OPTION', /^fastDevRun: /);
});
