// Gradients of several mini-batches that make one step.
import { type Dataset, subset } from '@convoy/datasets';
import { adam, cosineDecay, sgd } from '@convoy/layers';
import { checkpoint, createTrainer } from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../datasets/test/temporary-directory.ts';
import { expectSameParameters } from './expectations.ts';
import { expectRefusal } from './refusal.ts';
import { learned, learnedFor } from './single-thread.ts';
import { classifier, images } from './small-cases.ts';

const root = temporaryDirectory();
// Six steps of 48 and one of 12 in an epoch: part of a mini-batch of 16, and of a block.
const data = images(300);
const optimizer = adam({ learningRate: cosineDecay({ initialLearningRate: 0.02, decaySteps: 14 }), globalClipNorm: 1 });
const whole = { ...classifier, optimizer, batchSize: 48 };
const parts = { ...classifier, optimizer, batchSize: 16, accumulate: 3 };

describe('accumulate', () => {
  it('gives the bits, the steps and the scores of one large batch', async () => {
    await using trainer = await createTrainer({ ...parts, workers: 3 });
    await using other = await createTrainer({ ...whole, workers: 2 });
    const [history, expected] = [await trainer.fit(data, { epochs: 2 }), await other.fit(data, { epochs: 2 })];
    expect(trainer.step).toBe(14);
    const scoresOf = ({ epochs }: typeof history) => epochs.map(({ scores }) => scores);
    expect(scoresOf(history)).toEqual(scoresOf(expected));
    expectSameParameters(trainer, other);
    expectSameParameters(trainer, learnedFor(14, whole, data));
    expectSameParameters(trainer, learnedFor(14, parts, data));
    await trainer.fit(data, { epochs: 1, maxSteps: 3 });
    expect(trainer.step).toBe(17);
  });

  it('steps by the mean of the gradients of its mini-batches', async () => {
    const small = images(48);
    /** What one step with all of the data subtracts from the parameters. */
    const gradientsOf = async (options: { batchSize: number; accumulate?: number }, data: Dataset) => {
      await using trainer = await createTrainer({
        ...classifier,
        optimizer: sgd({ learningRate: 1 }),
        ...options,
        workers: 2,
      });
      const before = trainer.parameters();
      await trainer.fit(data, { epochs: 1 });
      expect(trainer.step).toBe(1);
      const after = trainer.parameters();
      return [...before].flatMap(([name, { data }]) =>
        [...data].map((x, i) => x - (after.get(name)?.data[i] as number)),
      );
    };
    const accumulated = await gradientsOf({ batchSize: 16, accumulate: 3 }, small);
    const each = [0, 16, 32].map((first) => gradientsOf({ batchSize: 16 }, subset(small, first, first + 16)));
    const [a = [], b = [], c = []] = await Promise.all(each);
    for (const [i, gradient] of accumulated.entries()) {
      expect(gradient).toBeCloseTo(((a[i] as number) + (b[i] as number) + (c[i] as number)) / 3, 5);
    }
    expect(Math.max(...accumulated)).toBeGreaterThan(0.01);
  });

  it('continues from a checkpoint with the same samples per step, and with no other', async () => {
    const directory = root;
    await using first = await createTrainer({ ...parts, workers: 2 });
    await first.fit(data, { epochs: 1, callbacks: [checkpoint({ directory })], maxSteps: 5 });
    await using second = await createTrainer({ ...whole, workers: 1 });
    await second.fit(data, { epochs: 2, resume: directory });
    expectSameParameters(second, learnedFor(14, whole, data));
    await using other = await createTrainer({ ...parts, accumulate: 2, workers: 1 });
    const error = await expectRefusal(
      other.fit(data, { epochs: 2, resume: directory }),
      'CONVOY_CHECKPOINT_MISMATCH',
      /batchSize: 48$/,
    );
    expect(error.expected).toMatch(/^32,/);
  });

  it.each([0, 1.5, Number.NaN, '2'])('refuses %j', async (accumulate) => {
    const creating = createTrainer({ ...parts, accumulate: accumulate as number });
    await expectRefusal(creating, 'CONVOY_INVALID_OPTION', /^accumulate: /);
  });

  it('takes a step of all data where that is less than a step', async () => {
    await using trainer = await createTrainer({ ...parts, workers: 1 });
    const data = images(47);
    await trainer.fit(data, { epochs: 2 });
    expect(trainer.step).toBe(2);
    expectSameParameters(trainer, learned(whole, data, { epochs: 2 }));
  });

  it('refuses a step of more samples than 2^31 - 1', async () => {
    const creating = createTrainer({ ...classifier, batchSize: 2 ** 16, accumulate: 2 ** 15 });
    await expectRefusal(creating, 'CONVOY_INVALID_OPTION', /^batchSize: 65536 with accumulate: 32768$/);
  });
});
