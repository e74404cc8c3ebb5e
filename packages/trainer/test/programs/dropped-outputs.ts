// Predicts one large image again and again, drops the outputs of 8 MiB, and reports the resident memory after each call, in MiB. Workers make so
// little garbage for one image that they would never collect it by themselves.
import { createDataset } from '@convoy/datasets';
import { conv2d, meanSquaredError, sequential, sgd } from '@convoy/layers';
import { createTrainer } from '@convoy/trainer';

const SIZE = 512;

await using trainer = await createTrainer({
  model: sequential({ input: [1, SIZE, SIZE] }, [conv2d({ filters: 8, kernelSize: 1 })]),
  loss: meanSquaredError(),
  optimizer: sgd({ learningRate: 0.001 }),
  batchSize: 8,
  workers: 2,
  seed: 1,
});
const image = createDataset({
  sampleShape: [1, SIZE, SIZE],
  inputs: new Uint8Array(SIZE * SIZE),
  targets: { kind: 'values', values: [1], shape: [] },
});
const mebibytes: number[] = [];
for (let i = 0; i < 40; i++) {
  await trainer.predict(image);
  mebibytes.push(process.memoryUsage.rss() / 2 ** 20);
}
process.stdout.write(JSON.stringify(mebibytes));
