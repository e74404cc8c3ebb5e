// Trains LeNet-5 for thousands of small steps and reports the resident memory during the run.
import { setTimeout as delay } from 'node:timers/promises';
import { lenet5, sgd, softmaxCrossEntropy } from '@convoy/layers';
import { createTrainer } from '@convoy/trainer';
import { digits } from './digits.ts';

/** Samples of the resident memory in MiB, sorted by step. */
export type ResidentMemory = readonly { readonly step: number; readonly mebibytes: number }[];

const BATCH_SIZE = 8;
const FIRST_STEP = 200;
const LAST_STEP = 5000;

await using trainer = await createTrainer({
  model: lenet5(),
  loss: softmaxCrossEntropy(),
  optimizer: sgd({ learningRate: 0.01 }),
  batchSize: BATCH_SIZE,
  workers: 2,
});
const data = digits(LAST_STEP * BATCH_SIZE);
const samples: { step: number; mebibytes: number }[] = [];
const sample = () => samples.push({ step: trainer.step, mebibytes: process.memoryUsage.rss() / 2 ** 20 });

let training = true;
const running = trainer.fit(data, { epochs: 1 }).finally(() => {
  training = false;
});
while (trainer.step < FIRST_STEP) await delay(1);
while (training) {
  sample();
  await delay(20);
}
await running;
sample();
process.stdout.write(JSON.stringify(samples satisfies ResidentMemory));
