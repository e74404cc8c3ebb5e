// Runs that are interrupted and resumed end with the bits, and the records, of a run that never was.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { adam, cosineDecay, type LearnerOptions } from '@convoy/layers';
import { type Callback, checkpoint, createTrainer, type EpochRecord, type History } from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../datasets/test/temporary-directory.ts';
import { hashOf } from './bits.ts';
import { classifier, images, points, regression } from './small-cases.ts';

const root = temporaryDirectory();
let folders = 0;
const directory = () => join(root, `run ${++folders}`);

/** An optimizer with everything that has to be kept: two slots and an average, a schedule, a clip. */
const optimizer = adam({
  learningRate: cosineDecay({ initialLearningRate: 0.02, decaySteps: 40 }),
  globalClipNorm: 0.5,
  averageDecay: 0.9,
});
const training: LearnerOptions = { ...classifier, optimizer };
const data = images(200);
const validation = images(48);
const epochs = 4;

const withoutTimes = ({ epochs: records }: History) =>
  records.map(({ epoch, scores, validation }: EpochRecord) => ({ epoch, scores, validation }));

async function undisturbed() {
  await using trainer = await createTrainer({ ...training, workers: 2 });
  const history = await trainer.fit(data, { epochs, validation });
  return { records: withoutTimes(history), hash: hashOf(trainer) };
}

/** Ends a run at a step of the trainer: between two steps, as a signal does. */
function abortAt(step: number): { readonly callback: Callback; readonly signal: AbortSignal } {
  const controller = new AbortController();
  const callback: Callback = {
    everySteps: 1,
    onSteps(run) {
      if (run.step === step) controller.abort();
    },
  };
  return { callback, signal: controller.signal };
}

describe('a run that is aborted and resumed', () => {
  it.each([1, 7, 8, 20, 27])('after step %i ends as if it never had been', async (step) => {
    const expected = await undisturbed();
    const folder = directory();
    const { callback, signal } = abortAt(step);
    {
      await using trainer = await createTrainer({ ...training, workers: 1 });
      const callbacks = [callback, checkpoint({ directory: folder })];
      const running = trainer.fit(data, { epochs, validation, callbacks, signal });
      await expect(running).rejects.toMatchObject({ code: 'CONVOY_ABORTED' });
      expect(trainer.step).toBe(step);
    }
    await using trainer = await createTrainer({ ...training, workers: 3 });
    const history = await trainer.fit(data, { epochs, validation, resume: folder });
    expect(trainer.step).toBe(28);
    expect(hashOf(trainer)).toBe(expected.hash);
    expect(withoutTimes(history)).toEqual(expected.records);
  });

  it('takes as many steps as it is limited to, from the checkpoint on', async () => {
    const expected = await undisturbed();
    const folder = directory();
    for (const steps of [9, 18, 27]) {
      await using trainer = await createTrainer({ ...training, workers: 2 });
      const callbacks = [checkpoint({ directory: folder })];
      await trainer.fit(data, { epochs, validation, callbacks, maxSteps: 9, resume: folder });
      expect(trainer.step).toBe(steps);
    }
    await using trainer = await createTrainer({ ...training, workers: 2 });
    const history = await trainer.fit(data, { epochs, validation, resume: folder });
    expect(hashOf(trainer)).toBe(expected.hash);
    expect(withoutTimes(history)).toEqual(expected.records);
  });

  it('many times in a row ends the same', async () => {
    const expected = await undisturbed();
    const folder = directory();
    for (const step of [3, 7, 9, 18, 21, 25]) {
      const { callback, signal } = abortAt(step);
      await using trainer = await createTrainer({ ...training, workers: 1 + (step % 3) });
      const callbacks = [callback, checkpoint({ directory: folder, every: { steps: 2 } })];
      const running = trainer.fit(data, { epochs, validation, callbacks, signal, resume: folder });
      await expect(running).rejects.toMatchObject({ code: 'CONVOY_ABORTED' });
    }
    await using trainer = await createTrainer({ ...training, workers: 2 });
    const history = await trainer.fit(data, { epochs, validation, resume: folder });
    expect(hashOf(trainer)).toBe(expected.hash);
    expect(withoutTimes(history)).toEqual(expected.records);
  });
});

describe('checkpoints', () => {
  it('are written as often as asked, and as many stay', async () => {
    const folder = directory();
    await using trainer = await createTrainer({ ...training, workers: 2 });
    await trainer.fit(data, {
      epochs: 3,
      callbacks: [checkpoint({ directory: folder, every: { steps: 5 }, keep: 3 })],
    });
    // Seven steps per epoch; the last checkpoint is the one of the end.
    const files = ['000000015', '000000020', '000000021'].map((step) => `step-${step}.safetensors`);
    expect((await readdir(folder)).toSorted()).toEqual(files);
  });

  it('keep the best epoch apart', async () => {
    const folder = directory();
    await using trainer = await createTrainer({ ...training, workers: 2 });
    const { epochs: records } = await trainer.fit(data, {
      epochs: 3,
      validation,
      callbacks: [checkpoint({ directory: folder, keep: 1, best: { monitor: 'validation.loss' } })],
    });
    expect((await readdir(folder)).toSorted()).toEqual(['best.safetensors', 'step-000000021.safetensors']);
    const losses = records.map((record) => record.validation?.loss as number);
    const bestEpoch = losses.indexOf(Math.min(...losses)) + 1;
    await using other = await createTrainer({ ...training, workers: 1 });
    const history = await other.fit(data, { epochs: bestEpoch, validation, resume: join(folder, 'best.safetensors') });
    expect(history.epochs).toHaveLength(bestEpoch);
    expect(other.step).toBe(7 * bestEpoch);
  });

  it('that do not exist start a run from its beginning', async () => {
    await using trainer = await createTrainer({ ...regression, workers: 1 });
    await trainer.fit(points(32), { epochs: 1, resume: join(directory(), 'nothing yet') });
    expect(trainer.step).toBe(2);
  });

  it('of another run are refused, and change nothing', async () => {
    const folder = directory();
    await using first = await createTrainer({ ...training, workers: 1 });
    await first.fit(data, { epochs: 1, callbacks: [checkpoint({ directory: folder })] });
    await using other = await createTrainer({ ...training, seed: 2, workers: 1 });
    const before = hashOf(other);
    const running = other.fit(data, { epochs: 2, resume: folder });
    await expect(running).rejects.toMatchObject({ code: 'CONVOY_CHECKPOINT_MISMATCH' });
    expect(hashOf(other)).toBe(before);
    await other.fit(data, { epochs: 1 });
    expect(other.step).toBe(7);
  });

  it('beyond the last epoch are refused', async () => {
    const folder = directory();
    await using trainer = await createTrainer({ ...training, workers: 1 });
    await trainer.fit(data, { epochs: 2, callbacks: [checkpoint({ directory: folder })] });
    await using other = await createTrainer({ ...training, workers: 1 });
    const running = other.fit(data, { epochs: 1, resume: folder });
    await expect(running).rejects.toMatchObject({ code: 'CONVOY_CHECKPOINT_MISMATCH' });
    expect(other.step).toBe(0);
    const { epochs: records } = await other.fit(data, { epochs: 2, resume: folder });
    expect(records).toHaveLength(2);
  });

  it('that cannot be written when a run is aborted are told of', async () => {
    const { callback, signal } = abortAt(3);
    const folder = directory();
    await using trainer = await createTrainer({ ...training, workers: 1 });
    const removing: Callback = { onEnd: () => rm(folder, { recursive: true }) };
    const callbacks = [callback, checkpoint({ directory: folder }), removing];
    const running = trainer.fit(data, { epochs, callbacks, signal });
    await expect(running).rejects.toMatchObject({ code: 'CONVOY_FILE_UNWRITABLE' });
  });

  it('that are damaged are refused, and change nothing', async () => {
    const folder = directory();
    await mkdir(folder);
    const file = join(folder, 'step-000000007.safetensors');
    await writeFile(file, 'not a checkpoint');
    await using trainer = await createTrainer({ ...training, workers: 1 });
    const before = hashOf(trainer);
    await expect(trainer.fit(data, { epochs: 1, resume: file })).rejects.toMatchObject({ code: 'CONVOY_FILE_FORMAT' });
    expect(hashOf(trainer)).toBe(before);
  });
});
