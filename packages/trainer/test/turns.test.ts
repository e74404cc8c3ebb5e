// Calls that are made while other calls of the same trainer run: those that only read the parameters wait for their turn, others are refused.
import { createTrainer } from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { bitsOf } from './bits.ts';
import { expectSameParameters } from './expectations.ts';
import { learnedFor } from './single-thread.ts';
import { classifier, images, points, regression } from './small-cases.ts';

const busy = expect.objectContaining({ code: 'CONVOY_BUSY' });
const disposed = expect.objectContaining({ code: 'CONVOY_DISPOSED' });

describe('calls that only read the parameters', () => {
  it('run one after the other, in their order, each with the result that it has alone', async () => {
    const data = images(300);
    const few = images(17);
    await using trainer = await createTrainer({ ...classifier, workers: 2 });
    const [scores, ofFew, classes, outputs] = [
      await trainer.evaluate(data),
      await trainer.evaluate(few),
      await trainer.evaluateClasses(data),
      bitsOf(await trainer.predict(data)),
    ];
    const order: number[] = [];
    const done = <T>(call: Promise<T>, number: number) => call.finally(() => order.push(number));
    const results = await Promise.all([
      done(trainer.evaluate(data), 0),
      done(trainer.predict(data), 1),
      done(trainer.evaluate(few), 2),
      done(trainer.evaluateClasses(data), 3),
      ...Array.from({ length: 20 }, (_, i) => done(trainer.predict(data), 4 + i)),
    ]);
    expect(order).toEqual(Array.from({ length: 24 }, (_, i) => i));
    expect(results[0]).toEqual(scores);
    expect(results[2]).toEqual(ofFew);
    expect(results[3].scores).toEqual(classes.scores);
    expect(results[3].confusionMatrix.toArray()).toEqual(classes.confusionMatrix.toArray());
    for (const predicted of [results[1], ...results.slice(4)])
      expect(bitsOf(predicted as (typeof results)[1])).toEqual(outputs);
  });

  it('continue after one that fails or is aborted while it waits or runs', async () => {
    const data = images(20_000);
    await using trainer = await createTrainer({ ...classifier, workers: 2 });
    const reason = new Error('enough');
    const stop = new AbortController();
    const { signal } = stop;
    const rejected: string[] = [];
    const running = trainer.evaluate(data, { signal }).catch(({ code }) => rejected.push(`running ${code}`));
    const later = trainer.predict(images(8));
    const waiting = trainer.predict(data, { signal }).catch(({ code }) => rejected.push(`waiting ${code}`));
    const unsendable = { ...data, targets: { ...data.targets, describe: () => 'points' } };
    const failing = trainer.evaluate(unsendable).catch(({ code }) => rejected.push(`failing ${code}`));
    const last = trainer.evaluate(images(8));
    stop.abort(reason);
    await Promise.all([running, waiting, failing]);
    expect(rejected.toSorted()).toEqual([
      'failing CONVOY_WORKER_FAILED',
      'running CONVOY_ABORTED',
      'waiting CONVOY_ABORTED',
    ]);
    expect((await later).shape).toEqual([8, 5]);
    expect((await last).loss).toBeGreaterThan(0);
    expect(() => trainer.setParameters([])).not.toThrow();
  });

  it('end at once when they are aborted, before the calls that they wait for', async () => {
    await using trainer = await createTrainer({ ...classifier, workers: 2 });
    const stop = new AbortController();
    let hasEnded = false;
    const running = trainer.evaluate(images(40_000)).finally(() => {
      hasEnded = true;
    });
    const waiting = trainer.predict(images(8), { signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toMatchObject({ code: 'CONVOY_ABORTED', cause: new Error('enough') });
    expect(hasEnded).toBe(false);
    await running;
  });

  it('reject when the trainer is disposed of, running or waiting', async () => {
    const trainer = await createTrainer({ ...classifier, workers: 2 });
    const calls = [trainer.evaluate(images(20_000)), trainer.predict(images(8)), trainer.evaluateClasses(images(8))];
    const results = Promise.allSettled(calls);
    await trainer.dispose();
    for (const result of await results) expect(result).toEqual({ status: 'rejected', reason: disposed });
  });

  it('end before a fit begins that is called after them, and see the parameters before it', async () => {
    const data = points(64);
    await using trainer = await createTrainer({ ...regression, workers: 2 });
    const before = bitsOf(await trainer.predict(data));
    const first = trainer.predict(data);
    const second = trainer.predict(data);
    expect(() => trainer.setParameters([])).toThrow(busy);
    const fit = trainer.fit(data, { epochs: 2 });
    await expect(trainer.predict(data)).rejects.toEqual(busy);
    await expect(trainer.findLearningRate(data)).rejects.toEqual(busy);
    expect(bitsOf(await first)).toEqual(before);
    expect(bitsOf(await second)).toEqual(before);
    await fit;
    expectSameParameters(trainer, learnedFor(8, regression, data));
  });
});

describe('a run that changes the parameters', () => {
  it('refuses calls from its own callbacks at once, and continues', async () => {
    const data = points(64);
    await using trainer = await createTrainer({ ...regression, workers: 2 });
    const refused: string[] = [];
    const refuse = async (call: Promise<unknown>) => void (await call.catch(({ code }) => refused.push(code)));
    const callbacks = [
      {
        async onEpochEnd() {
          await refuse(trainer.predict(data));
          await refuse(trainer.evaluate(data));
          await refuse(trainer.fit(data, { epochs: 1 }));
        },
      },
    ];
    await trainer.fit(data, { epochs: 2, callbacks });
    for await (const _ of trainer.epochs(data, { epochs: 1 })) await refuse(trainer.predict(data));
    expect(refused).toEqual(Array(7).fill('CONVOY_BUSY'));
    expectSameParameters(trainer, learnedFor(12, regression, data));
  });

  it('can be aborted while it waits, and then refuses nothing', async () => {
    const data = points(64);
    await using trainer = await createTrainer({ ...regression, workers: 2 });
    const stop = new AbortController();
    const first = trainer.evaluate(points(40_000));
    const fit = trainer.fit(data, { epochs: 1, signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(fit).rejects.toMatchObject({ code: 'CONVOY_ABORTED' });
    const second = trainer.evaluate(data);
    expect((await first).loss).toBeGreaterThan(0);
    expect((await second).loss).toBeGreaterThan(0);
    expect(trainer.step).toBe(0);
  });

  it.each(['fit', 'findLearningRate'] as const)('%s refuses all others until it has ended', async (call) => {
    const data = points(64);
    await using trainer = await createTrainer({ ...regression, workers: 2 });
    const running = call === 'fit' ? trainer.fit(data, { epochs: 3 }) : trainer.findLearningRate(data);
    await expect(trainer.fit(data, { epochs: 1 })).rejects.toEqual(busy);
    await expect(trainer.findLearningRate(data)).rejects.toEqual(busy);
    await expect(trainer.evaluate(data)).rejects.toEqual(busy);
    await expect(trainer.predict(data)).rejects.toEqual(busy);
    expect(() => trainer.setParameters([])).toThrow(busy);
    await running;
    await trainer.evaluate(data);
    expect(trainer.step).toBe(call === 'fit' ? 12 : 0);
  });
});
