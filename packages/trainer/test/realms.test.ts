// Objects of another realm, as test runners and node:vm make them, are as good as those of this one.
import { runInNewContext } from 'node:vm';
import { createDataset } from '@convoy/datasets';
import { type Callback, createTrainer } from '@convoy/trainer';
import { expect, it } from 'vitest';
import { expectSameParameters } from './expectations.ts';
import { expectRefusal } from './refusal.ts';
import { learned } from './single-thread.ts';
import { points, regression } from './small-cases.ts';

const foreign = <T>(code: string, globals: object = {}): T => runInNewContext(`(${code})`, globals);

it('a data set, options and callbacks of another realm train to the same bits', async () => {
  const data = points(64);
  const { source, targets } = data;
  const values = targets.kind === 'values' ? targets.values : new Float32Array();
  const own = foreign<typeof data>(
    `{ ...data, source: { kind: 'stored', samples: new Float32Array(samples.buffer) }, targets: { kind: 'values', shape: [2], values: new Float32Array(values.buffer) },
       normalization: { scale: [1, 1, 1], offset: [0, 0, 0] }, sampleShape: [3] }`,
    { data, samples: source.samples, values },
  );
  await using trainer = await createTrainer(foreign('{ ...options }', { options: { ...regression, workers: 2 } }));
  const epochs: number[] = [];
  const options = foreign<{ epochs: number; callbacks: Callback[] }>(
    `{ epochs: 2, callbacks: [{ name: 'own', state: () => ({ list: [1, { two: 2 }] }), onStart: (run) => run.snapshot(),
         onEpochEnd: ({ epoch }) => { epochs.push(epoch) } }] }`,
    { epochs },
  );
  await trainer.fit(own, options);
  expect(epochs).toEqual([1, 2]);
  expectSameParameters(trainer, learned(regression, data, { epochs: 2 }));
  const parameters = foreign<[]>('new Map(entries)', { entries: trainer.parameters() });
  trainer.setParameters(parameters);
});

it('arrays of another realm make a data set', () => {
  const make = (code: string) =>
    createDataset(
      foreign(
        `{ sampleShape: [2], targets: { kind: 'labels', labels: new Uint8Array(2), classes: 1 }, inputs: ${code} }`,
      ),
    );
  for (const code of ['new Float32Array(4)', 'new Float64Array(4)', 'new Uint8Array(4)', '[[0, 0], [0, 0]]']) {
    expect(make(code).length).toBe(2);
  }
  expect(make('new Uint8Array(4)').source.samples).toBeInstanceOf(Uint8Array);
  const memory = new SharedArrayBuffer(16);
  const data = createDataset({
    sampleShape: [2],
    inputs: foreign('new Float32Array(memory)', { memory }),
    targets: { kind: 'labels', labels: [0, 0], classes: 1 },
  });
  expect(data.source.samples.buffer).toBe(memory);
});

it('an error that a callback of another realm throws is an error', async () => {
  await using trainer = await createTrainer({ ...regression, workers: 1 });
  const callback = foreign<Callback>("{ onStart() { throw new TypeError('odd') } }");
  const running = trainer.fit(points(64), { epochs: 1, callbacks: [callback] });
  await expect(running).rejects.toMatchObject({ name: 'TypeError', message: 'odd' });
});

/** A signal of no class, as polyfills and other environments have it. */
function plainSignal() {
  const listeners = new Set<() => void>();
  const signal = {
    aborted: false,
    reason: 'enough',
    addEventListener: (_: string, listener: () => void) => listeners.add(listener),
    removeEventListener: (_: string, listener: () => void) => listeners.delete(listener),
  };
  const abort = () => {
    signal.aborted = true;
    for (const listener of listeners) listener();
  };
  return { signal: signal as unknown as AbortSignal, abort, listeners };
}

it('a signal of any class ends a fit, and is forgotten after it', async () => {
  await using trainer = await createTrainer({ ...regression, workers: 2 });
  const { signal, abort, listeners } = plainSignal();
  await trainer.fit(points(64), { epochs: 1, signal });
  await trainer.evaluate(points(64), { signal });
  expect(listeners.size).toBe(0);
  setTimeout(abort, 50);
  const running = trainer.fit(points(64), { epochs: 1_000_000, signal });
  const error = await expectRefusal(running, 'CONVOY_ABORTED', /./);
  expect(error.cause).toBe('enough');
  expect(listeners.size).toBe(0);
});

it('a signal of any class ends the wait for another call', async () => {
  await using trainer = await createTrainer({ ...regression, workers: 1 });
  const { signal, abort, listeners } = plainSignal();
  const running = trainer.predict(points(50_000));
  const waiting = trainer.predict(points(8), { signal });
  abort();
  await expectRefusal(waiting, 'CONVOY_ABORTED', /./);
  await running;
  expect(listeners.size).toBe(0);
});
