// Trains LeNet-5 on two workers and reports the greatest delay of a timer on the main thread.
import { existsSync, readFileSync } from 'node:fs';
import { accuracy, lenet5, sgd, softmaxCrossEntropy } from '@convoy/layers';
import { createTrainer } from '@convoy/trainer';
import { digits } from './digits.ts';

export interface Lateness {
  readonly steps: number;
  readonly ticks: number;
  /** The longest time between two ticks, minus the period, and minus the time in which the main thread was runnable but got no core. */
  readonly worstMilliseconds: number;
}

const PERIOD_MS = 5;

/** Linux reports here, in nanoseconds, how long the main thread has run, and how long it has waited for a core. */
const SCHEDULING = '/proc/self/schedstat';
const hasScheduling = existsSync(SCHEDULING);

/** 0 on other systems, where only an idle machine gives a correct measurement. */
const millisecondsWithoutCore = () =>
  hasScheduling ? Number(readFileSync(SCHEDULING, 'utf8').split(' ')[1]) / 1e6 : 0;

await using trainer = await createTrainer({
  model: lenet5(),
  loss: softmaxCrossEntropy(),
  metrics: [accuracy()],
  optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }),
  batchSize: 64,
  workers: 2,
});
const data = digits(20_000);

let ticks = 0;
let worstMilliseconds = 0;
const clock = () => performance.now() - millisecondsWithoutCore();
let last = clock();
const timer = setInterval(() => {
  const now = clock();
  worstMilliseconds = Math.max(worstMilliseconds, now - last - PERIOD_MS);
  last = now;
  ticks++;
}, PERIOD_MS);
await trainer.fit(data, { epochs: 3, validation: data, callbacks: [{ onProgress: () => {} }] });
clearInterval(timer);

const report: Lateness = { steps: trainer.step, ticks, worstMilliseconds };
process.stdout.write(JSON.stringify(report));
