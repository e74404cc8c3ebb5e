// Early stopping: when it stops, and whose parameters remain.
import { createTrainer, earlyStopping, stopWhen } from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { expectSameParameters } from '../expectations.ts';
import { expectRefusal } from '../refusal.ts';
import { learned, learnedFor } from '../single-thread.ts';
import { classifier, images, points, regression } from '../small-cases.ts';
import { until } from '../threads.ts';
import { follow, losses } from './scripted-run.ts';

describe('earlyStopping', () => {
  it('stops after as many epochs without a better loss as it has patience, and restores the best', async () => {
    const script = losses(5, 4, 4.5, 3, 3, 3.5, 3.1, 1);
    expect(await follow(earlyStopping(), script)).toMatchObject({ epochs: 7, parametersOf: 4 });
    expect(await follow(earlyStopping({ patience: 1 }), script)).toMatchObject({ epochs: 3, parametersOf: 2 });
    expect(await follow(earlyStopping({ patience: 4 }), script)).toMatchObject({ epochs: 8, parametersOf: 8 });
    const keeping = earlyStopping({ restoreBest: false });
    expect(await follow(keeping, script)).toMatchObject({ epochs: 7, parametersOf: 7 });
  });

  it('takes the loss of the validation data where there is some, unless told otherwise', async () => {
    const epochs = [1, 2, 3, 4].map((loss) => ({ scores: { loss }, validation: { loss: -loss } }));
    expect(await follow(earlyStopping({ patience: 2 }), { epochs })).toMatchObject({ epochs: 4, parametersOf: 4 });
    const ofTraining = earlyStopping({ patience: 2, monitor: 'loss' });
    expect(await follow(ofTraining, { epochs })).toMatchObject({ epochs: 3, parametersOf: 1 });
  });

  it('wants more accuracy, less error, and what its mode says', async () => {
    const rising = { epochs: [1, 2, 3].map((x) => ({ scores: { loss: 0, top5Accuracy: x, error: x, recall: x } })) };
    const epochs = async (monitor: string, mode?: 'min' | 'max') =>
      (await follow(earlyStopping({ monitor, patience: 1, ...(mode && { mode }) }), rising)).epochs;
    expect(await epochs('top5Accuracy')).toBe(3);
    expect(await epochs('top5Accuracy', 'min')).toBe(2);
    expect(await epochs('error')).toBe(2);
    expect(await epochs('recall', 'max')).toBe(3);
    await expectRefusal(epochs('recall'), 'CONVOY_INVALID_OPTION', /^monitor: "recall" without a mode$/);
  });

  it('does not count what is better by no more than minDelta', async () => {
    const script = losses(5, 4.5, 4, 3.75, 3.5, 3.25);
    const outcome = await follow(earlyStopping({ minDelta: 0.5, patience: 2 }), script);
    // 4 is better than 5 by more than a half, 3.5 than 4 is not.
    expect(outcome).toMatchObject({ epochs: 5, parametersOf: 3 });
  });

  it('never takes NaN for better, and without a best epoch keeps the last', async () => {
    expect(await follow(earlyStopping(), losses(NaN, 3, NaN, NaN, NaN, 1))).toMatchObject({
      epochs: 5,
      parametersOf: 2,
    });
    expect(await follow(earlyStopping(), losses(NaN, NaN, NaN, 1))).toMatchObject({ epochs: 3, parametersOf: 3 });
  });

  it('restores nothing in a run that was cut in the middle of an epoch', async () => {
    const script = losses(1, 2, 3);
    expect(await follow(earlyStopping(), script)).toMatchObject({ parametersOf: 1 });
    expect(await follow(earlyStopping(), { ...script, extraSteps: 1 })).toMatchObject({ parametersOf: 3 });
  });

  it('starts from the beginning with each fit', async () => {
    const callback = earlyStopping({ patience: 2 });
    for (let fit = 0; fit < 2; fit++) {
      expect(await follow(callback, losses(1, 2, 3))).toMatchObject({ epochs: 3, parametersOf: 1 });
      expect(await follow(callback, losses(9, 8, 8))).toMatchObject({ epochs: 3, parametersOf: 2 });
    }
  });

  it('continues where it was when a run is resumed', async () => {
    const script = losses(3, 2, 2.5, 2.5, 2.5, 1);
    const expected = { epochs: 5, parametersOf: 2 };
    expect(await follow(earlyStopping(), script)).toMatchObject(expected);
    for (const after of [1, 2, 3, 4, 5]) {
      const resumed = { after, callback: earlyStopping() };
      expect(await follow(earlyStopping(), { ...script, resumed })).toMatchObject(expected);
    }
    const keeping = { restoreBest: false };
    const resumed = { after: 3, callback: earlyStopping(keeping) };
    expect(await follow(earlyStopping(keeping), { ...script, resumed })).toMatchObject({ epochs: 5, parametersOf: 5 });
  });

  it.each([
    { options: { patience: 0 }, given: /^patience: 0$/ },
    { options: { minDelta: -1 }, given: /^minDelta: -1$/ },
    { options: { mode: 'best' }, given: /^mode: "best"$/ },
    { options: { restoreBest: 1 }, given: /^restoreBest: 1$/ },
  ])('refuses $options', async ({ options, given }) => {
    const create = async () => earlyStopping(options as never);
    await expectRefusal(create(), 'CONVOY_INVALID_OPTION', given);
  });
});

describe('earlyStopping of a trainer', () => {
  // The training loss becomes less from epoch to epoch, which is made out to be bad.
  const worse = { monitor: 'loss', mode: 'max', patience: 2 } as const;
  const data = points(100);

  it('leaves the bits that the best epoch had, for a second fit too', async () => {
    const callback = earlyStopping(worse);
    for (let fit = 0; fit < 2; fit++) {
      await using trainer = await createTrainer({ ...regression, workers: 2 });
      const { epochs } = await trainer.fit(data, { epochs: 10, callbacks: [callback] });
      const [first, second, third] = epochs.map(({ scores }) => scores.loss) as [number, number, number];
      expect(epochs).toHaveLength(3);
      expect(first).toBeGreaterThan(second);
      expect(first).toBeGreaterThan(third);
      expectSameParameters(trainer, learned(regression, data, { epochs: 1 }));
    }
  });

  it('restores the best when another callback stops the run', async () => {
    await using trainer = await createTrainer({ ...regression, workers: 1 });
    const other = stopWhen(({ epoch }) => epoch === 2);
    const { epochs } = await trainer.fit(data, { epochs: 10, callbacks: [earlyStopping(worse), other] });
    expect(epochs).toHaveLength(2);
    expectSameParameters(trainer, learned(regression, data, { epochs: 1 }));
  });

  it('leaves the bits of the last step in an aborted run', async () => {
    const steps = 2000;
    const long = points(regression.batchSize * steps);
    const stop = new AbortController();
    await using trainer = await createTrainer({ ...regression, workers: 1 });
    const callbacks = [earlyStopping({ ...worse, patience: 1e6 })];
    const running = trainer.fit(long, { epochs: 1e6, callbacks, signal: stop.signal });
    const isInFirstHalf = (step: number) => step > 0 && step < steps / 2;
    await Promise.all([
      expectRefusal(running, 'CONVOY_ABORTED', /./),
      until(() => trainer.step > steps && isInFirstHalf(trainer.step % steps)).then(() => stop.abort()),
    ]);
    expect(trainer.step).toBeGreaterThan(steps);
    expectSameParameters(trainer, learnedFor(trainer.step, regression, long));
  });

  it('refuses to monitor what there is not, after the first epoch', async () => {
    await using trainer = await createTrainer({ ...classifier, workers: 1 });
    const run = async (monitor: string) =>
      trainer.fit(images(32), { epochs: 3, validation: images(8), callbacks: [earlyStopping({ monitor })] });
    const error = await expectRefusal(
      run('validation.top5Accuracy'),
      'CONVOY_UNKNOWN_NAME',
      /"validation.top5Accuracy"/,
    );
    expect(error.expected).toBe('one of loss, accuracy, validation.loss, validation.accuracy');
    expect(trainer.step).toBe(1);
    await run('validation.accuracy');
  });
});
