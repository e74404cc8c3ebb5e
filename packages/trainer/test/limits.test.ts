// Runs that are limited in steps, time or data.
import { take } from '@convoy/datasets';
import { createTrainer } from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { expectSameParameters } from './expectations.ts';
import { learnedFor } from './single-thread.ts';
import { points, regression } from './small-cases.ts';

const data = points(160);

describe('maxSteps', () => {
  it.each([1, 9, 10, 25])('ends a run after %i steps, with the epochs that are whole', async (maxSteps) => {
    await using trainer = await createTrainer({ ...regression, workers: 2 });
    const { epochs, samplesPerSecond } = await trainer.fit(data, { epochs: 100, maxSteps });
    expect(trainer.step).toBe(maxSteps);
    expect(epochs).toHaveLength(Math.floor(maxSteps / 10));
    expect(samplesPerSecond).toBeGreaterThan(0);
    expectSameParameters(trainer, learnedFor(maxSteps, regression, data));
  });

  it('counts the steps of one run', async () => {
    await using trainer = await createTrainer({ ...regression, workers: 1 });
    await trainer.fit(data, { epochs: 1 });
    await trainer.fit(data, { epochs: 100, maxSteps: 10 });
    expect(trainer.step).toBe(20);
  });

  it.each([0, 1.5, -1, Number.NaN])('refuses %d', async (maxSteps) => {
    await using trainer = await createTrainer({ ...regression, workers: 1 });
    const running = trainer.fit(data, { epochs: 1, maxSteps });
    await expect(running).rejects.toMatchObject({ code: 'CONVOY_INVALID_OPTION' });
  });
});

describe('maxSeconds', () => {
  it('ends a run in time, after a whole step', async () => {
    await using trainer = await createTrainer({ ...regression, workers: 2 });
    const start = performance.now();
    await trainer.fit(data, { epochs: 1_000_000, maxSeconds: 0.5 });
    const seconds = (performance.now() - start) / 1000;
    expect(seconds).toBeGreaterThan(0.45);
    expect(seconds).toBeLessThan(2);
    expectSameParameters(trainer, learnedFor(trainer.step, regression, data));
  });
});

describe('overfitBatches', () => {
  it('trains on the first batches only', async () => {
    await using trainer = await createTrainer({ ...regression, workers: 2 });
    await using other = await createTrainer({ ...regression, workers: 2 });
    await trainer.fit(data, { epochs: 3, overfitBatches: 2 });
    await other.fit(take(data, 32), { epochs: 3 });
    expect(trainer.step).toBe(6);
    expectSameParameters(trainer, other);
  });
});
