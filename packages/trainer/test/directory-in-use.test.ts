// A fit has the directory of its checkpoints for itself: another one is refused before it trains, and can have it afterwards.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Callback, checkpoint, createTrainer } from '@convoy/trainer';
import { expect, it } from 'vitest';
import { temporaryDirectory } from '../../datasets/test/temporary-directory.ts';
import { expectRefusal } from './refusal.ts';
import { points, regression } from './small-cases.ts';

const root = temporaryDirectory();
let directories = 0;
const data = points(64);
const newDirectory = () => join(root, `run ${++directories}`);
const filesIn = (directory: string) => readdirSync(directory).sort();
const trainers = () => Promise.all([1, 2].map(() => createTrainer({ ...regression, workers: 1 })));

/** Runs the work in the middle of a fit. */
const inTheMiddle = (work: () => Promise<void>): Callback => ({ onEpochEnd: work });

it.each(['the same callback', 'a callback of its own'])(
  'a second fit with %s is refused before it trains',
  async (which) => {
    const directory = newDirectory();
    const shared = checkpoint({ directory });
    const [first, second] = await trainers();
    await using _first = first;
    await using _second = second;
    const train = (trainer: typeof first, callbacks: Callback[]) => trainer?.fit(data, { epochs: 3, callbacks });
    const own = () => (which === 'the same callback' ? shared : checkpoint({ directory }));
    const attempt = inTheMiddle(async () => {
      await expectRefusal(train(second, [own()]) as Promise<unknown>, 'CONVOY_DIRECTORY_IN_USE', /run \d+", which/);
      expect(second?.step).toBe(0);
    });
    await train(first, [attempt, shared]);
    expect(filesIn(directory)).toHaveLength(2);
    // The directory is free again. Its last checkpoint has the step that the second trainer ends with.
    await train(second, [own()]);
    expect(filesIn(directory).every((name) => name.startsWith('step-'))).toBe(true);
  },
);

it('two callbacks of one fit cannot have one directory', async () => {
  const directory = newDirectory();
  await using trainer = await createTrainer({ ...regression, workers: 1 });
  const callbacks = [checkpoint({ directory }), checkpoint({ directory })];
  await expectRefusal(trainer.fit(data, { epochs: 1, callbacks }), 'CONVOY_DIRECTORY_IN_USE', /another run of this/);
  expect({ step: trainer.step, files: filesIn(directory) }).toEqual({ step: 0, files: [] });
});

it('a fit that only resumes needs no lock', async () => {
  const directory = newDirectory();
  const [first, second] = await trainers();
  await using _first = first;
  await using _second = second;
  let resumed: number | undefined;
  const look = inTheMiddle(async () => {
    await second?.fit(data, { epochs: 3, resume: directory, maxSteps: 1 });
    resumed ??= second?.step;
  });
  await first?.fit(data, { epochs: 2, callbacks: [checkpoint({ directory, every: { steps: 1 } }), look] });
  expect(resumed).toBeGreaterThan(1);
});

it.each([
  ['onStart', 0],
  ['onEpochEnd', 4],
  ['onEnd', 4],
] as const)('the directory is free after a fit whose %s fails', async (hook, step) => {
  const directory = newDirectory();
  await using trainer = await createTrainer({ ...regression, workers: 1 });
  const failing: Callback = {
    [hook]: () => {
      throw new Error('as planned');
    },
  };
  const train = (callbacks: Callback[]) => trainer.fit(data, { epochs: 1, callbacks });
  await expect(train([checkpoint({ directory }), failing])).rejects.toThrow('as planned');
  expect(trainer.step).toBe(step);
  expect(filesIn(directory).some((name) => !name.startsWith('step-'))).toBe(false);
  await train([checkpoint({ directory })]);
});

it('the directory is free after a fit that is aborted, and after its trainer is disposed of', async () => {
  const directory = newDirectory();
  const controller = new AbortController();
  for (const end of ['abort', 'dispose']) {
    await using trainer = await createTrainer({ ...regression, workers: 1 });
    const ending = inTheMiddle(async () => (end === 'abort' ? controller.abort() : void trainer.dispose()));
    const callbacks = [ending, checkpoint({ directory })];
    const { signal } = controller;
    const running = trainer.fit(data, { epochs: 99, callbacks, ...(end === 'abort' && { signal }) });
    await expect(running).rejects.toMatchObject({ code: end === 'abort' ? 'CONVOY_ABORTED' : 'CONVOY_DISPOSED' });
    expect(filesIn(directory).every((name) => name.startsWith('step-'))).toBe(true);
  }
});

it('a run that no checkpoint can hold fails before it trains', async () => {
  const directory = newDirectory();
  await using trainer = await createTrainer({ ...regression, workers: 1 });
  const odd: Callback = { name: 'odd', state: () => ({ at: new Date(0) }) };
  const train = trainer.fit(data, { epochs: 1, callbacks: [odd, checkpoint({ directory })] });
  await expectRefusal(train, 'CONVOY_INVALID_DATA', /^callbacks\[0\] \("odd"\)\.state\(\)\.at: an object \(Date\)$/);
  expect({ step: trainer.step, files: filesIn(directory) }).toEqual({ step: 0, files: [] });
});
