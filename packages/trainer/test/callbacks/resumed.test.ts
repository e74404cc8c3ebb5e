// Callbacks of a run that continues from a checkpoint: they remember what they did before.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Callback,
  checkpoint,
  createTrainer,
  earlyStopping,
  type History,
  reduceOnPlateau,
} from '@convoy/trainer';
import { afterAll, describe, expect, it } from 'vitest';
import { hashOf } from '../bits.ts';
import { points, regression } from '../small-cases.ts';

const directory = mkdtempSync(join(tmpdir(), 'convoy-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const data = points(64);

/** Trains in parts that end after so many epochs, each with a trainer and callbacks of its own. */
async function trainedIn(ends: readonly number[], name: string, create: () => Callback) {
  const checkpoints = join(directory, `${name} in ${ends.length}`);
  let hash = '';
  let history: History | undefined;
  for (const epochs of ends) {
    await using trainer = await createTrainer({ ...regression, workers: 1 });
    const callbacks = [create(), checkpoint({ directory: checkpoints })];
    history = await trainer.fit(data, { epochs, callbacks, resume: checkpoints });
    hash = hashOf(trainer);
  }
  return { hash, losses: history?.epochs.map(({ scores }) => scores.loss) };
}

describe('a run that is resumed', () => {
  // The training loss becomes less from epoch to epoch, which is made out to be bad.
  const worse = { monitor: 'loss', mode: 'max' } as const;

  it.each([
    { name: 'earlyStopping', create: () => earlyStopping({ ...worse, patience: 4 }), epochs: 5 },
    { name: 'reduceOnPlateau', create: () => reduceOnPlateau({ ...worse, patience: 2, factor: 0.5 }), epochs: 7 },
  ])('has the epochs and the bits of one that was never interrupted, with $name', async ({ name, create, epochs }) => {
    const whole = await trainedIn([7], name, create);
    expect(whole.losses).toHaveLength(epochs);
    expect(await trainedIn([2, 4, 7], name, create)).toEqual(whole);
  });

  it('gives callbacks of one name a state each', async () => {
    const checkpoints = join(directory, 'one name');
    const restored: unknown[] = [];
    const counting = (count: number): Callback => ({
      name: 'counter',
      state: () => ({ count }),
      restore: (state) => restored.push(state),
    });
    for (const epochs of [1, 2]) {
      await using trainer = await createTrainer({ ...regression, workers: 1 });
      const callbacks = [counting(10 * epochs), counting(20 * epochs), checkpoint({ directory: checkpoints })];
      await trainer.fit(data, { epochs, callbacks, resume: checkpoints });
    }
    expect(restored).toEqual([{ count: 10 }, { count: 20 }]);
  });
});
