// A loss that is not finite ends the run before its step, and the error tells where it came from.
import { conv2d, dense, flatten, relu, sequential, sgd } from '@convoy/layers';
import { createTrainer } from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { expectSameParameters } from './expectations.ts';
import { learnedFor } from './single-thread.ts';
import { classifier, images, points, regression } from './small-cases.ts';

const notFinite = (message: RegExp) =>
  expect.objectContaining({ code: 'CONVOY_NOT_FINITE', message: expect.stringMatching(message) });

describe('a loss that is not finite', () => {
  it('comes of a learning rate that is too large: the run ends before the step, with finite parameters', async () => {
    const diverging = { ...regression, optimizer: sgd({ learningRate: 1e18 }) };
    const data = points(64);
    await using trainer = await createTrainer({ ...diverging, workers: 2 });
    const running = trainer.fit(data, { epochs: 100 });
    await expect(running).rejects.toEqual(notFinite(/in the step after step \d+: in the loss itself|'dense_\d'/));
    for (const { data: numbers } of trainer.parameters().values()) expect(numbers.every(Number.isFinite)).toBe(true);
    expectSameParameters(trainer, learnedFor(trainer.step, diverging, data));
  });

  it('is traced to the layer whose output is not finite', async () => {
    const model = sequential({ input: [1, 9, 7] }, [
      conv2d({ filters: 2, kernelSize: 3 }),
      relu(),
      flatten(),
      dense({ units: 6, name: 'huge' }),
      dense({ units: 5 }),
    ]);
    await using trainer = await createTrainer({ ...classifier, model, workers: 2 });
    const huge = trainer.parameters().get('huge.kernel');
    if (!huge) return expect.fail('no such parameter');
    trainer.setParameters([['huge.kernel', huge.clone()]]);
    huge.data.fill(3e38);
    trainer.setParameters([['huge.kernel', huge]]);
    await expect(trainer.fit(images(64), { epochs: 1 })).rejects.toEqual(
      notFinite(/the output of 'huge' is not finite/),
    );
    expect(trainer.step).toBe(0);
  });

  it('is traced to the parameters that are not finite', async () => {
    await using trainer = await createTrainer({ ...classifier, workers: 2 });
    const [first] = trainer.parameters();
    if (!first) return expect.fail('no parameters');
    first[1].data[3] = Number.NaN;
    trainer.setParameters([first]);
    await expect(trainer.fit(images(64), { epochs: 1 })).rejects.toEqual(notFinite(/'conv2d_1.kernel' is not finite/));
  });

  it('may be gone on with', async () => {
    const diverging = { ...regression, optimizer: sgd({ learningRate: 1e18 }) };
    await using trainer = await createTrainer({ ...diverging, workers: 2, stopOnNonFinite: false });
    const { epochs } = await trainer.fit(points(64), { epochs: 10 });
    expect(trainer.step).toBe(40);
    expect(epochs.at(-1)?.scores.loss).toBeNaN();
  });
});
