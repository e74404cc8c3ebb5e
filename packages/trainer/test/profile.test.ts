// Where the time of workers goes.
import { dense, flatten, relu, sequential } from '@convoy/layers';
import { createTrainer, formatProfile } from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { hashOf } from './bits.ts';
import { classifier, images } from './small-cases.ts';

const data = images(2000);

describe('a profile', () => {
  it('has the times of all activities and layers, which add up to the time of training', async () => {
    await using trainer = await createTrainer({ ...classifier, workers: 2, profile: true });
    const { seconds } = await trainer.fit(data, { epochs: 3 });
    const { workers } = trainer.profile();
    expect(workers).toHaveLength(2);
    for (const { activities, layers } of workers) {
      // Samples in memory need no waiting.
      for (const [activity, milliseconds] of Object.entries(activities))
        if (activity === 'data') expect(milliseconds).toBe(0);
        else expect(milliseconds, activity).toBeGreaterThan(0);
      const all = Object.values(activities).reduce((sum, milliseconds) => sum + milliseconds, 0);
      expect(all).toBeGreaterThan(250 * seconds);
      expect(all).toBeLessThan(1000 * seconds);
      expect(Object.keys(layers)).toEqual(['conv2d_1', 'maxPool2d_1', 'dense_1', 'accuracy', 'loss']);
      const kernels = Object.values(layers).reduce((sum, { forward, backward }) => sum + forward + backward, 0);
      expect(kernels).toBeLessThan(activities.forward + activities.loss + activities.backward);
      const { conv2d_1: convolution, accuracy } = layers;
      expect(convolution?.backward).toBeGreaterThan(0);
      expect(accuracy?.backward).toBe(0);
    }
    const table = formatProfile(trainer.profile());
    expect(table).toMatch(/^ +worker 0 +worker 1\n─+\ngather +\d/);
    expect(table).toMatch(/\nconv2d_1, backward +\d+\.\d ms +\d+\.\d %/);
  });

  it('shows that workers without a block do not wait for the others', async () => {
    await using trainer = await createTrainer({ ...classifier, batchSize: 9, workers: 3, profile: true });
    await trainer.fit(data, { epochs: 2 });
    const [first, second, third] = trainer.profile().workers.map(({ activities }) => activities);
    expect(first?.wait).toBeGreaterThan(0);
    expect(second?.wait).toBeGreaterThan(0);
    expect(third).toEqual({ gather: 0, forward: 0, loss: 0, backward: 0, update: 0, wait: 0, data: 0 });
    expect(formatProfile(trainer.profile())).toMatch(/\nall .* 0\.0 ms {3}0\.0 %\n/);
  });

  it('shows that they update large models', async () => {
    const model = sequential({ input: [1, 9, 7] }, [flatten(), dense({ units: 17_000 }), relu(), dense({ units: 5 })]);
    await using trainer = await createTrainer({ ...classifier, model, batchSize: 8, workers: 3, profile: true });
    await trainer.fit(images(80), { epochs: 1 });
    const [first, second, third] = trainer.profile().workers.map(({ activities }) => activities);
    expect(first?.update).toBeGreaterThan(0);
    expect(second?.update).toBeGreaterThan(0);
    expect(third?.update).toBe(0);
  });

  it('changes no bits, and is refused where nothing is measured', async () => {
    await using measured = await createTrainer({ ...classifier, workers: 2, profile: true });
    await using plain = await createTrainer({ ...classifier, workers: 2 });
    await measured.fit(data, { epochs: 1 });
    await plain.fit(data, { epochs: 1 });
    expect(hashOf(measured)).toBe(hashOf(plain));
    expect(() => plain.profile()).toThrow(expect.objectContaining({ code: 'CONVOY_INVALID_OPTION' }));
  });
});
