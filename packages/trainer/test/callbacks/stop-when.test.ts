// Stopping on a condition, and the names of scores.
import { createTrainer, monitored, stopWhen } from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { expectRefusal } from '../refusal.ts';
import { points, regression } from '../small-cases.ts';

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
