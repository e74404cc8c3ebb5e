// Promise 1 for the models that come along, with batches normalized shard by shard and as a whole, and with dropout.
import { createDataset, type StoredDataset } from '@convoy/datasets';
import { sgd, softmaxCrossEntropy } from '@convoy/layers';
import * as models from '@convoy/layers/zoo';
import { type Shape, sizeOf } from '@convoy/tensor';
import { createTrainer } from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { hashOf } from './bits.ts';
import { learned } from './single-thread.ts';
import { randomBytes, randomFloats } from './small-cases.ts';

const CLASSES = 3;
/** Two batches of three blocks, the last one of each with some lanes empty, and one of 4 samples, which leaves workers without any. */
const SAMPLES = 44;
const BATCH_SIZE = 20;

function randomImages(input: Shape, labelShape: Shape): StoredDataset {
  const labels = randomBytes(SAMPLES * sizeOf(labelShape), CLASSES, 'labels');
  return createDataset({
    sampleShape: input,
    inputs: randomFloats(SAMPLES * sizeOf(input), 'inputs'),
    targets: { kind: 'labels', labels, classes: CLASSES, shape: labelShape },
  });
}

const cases = Object.entries(models).flatMap(([name, create]: [string, typeof models.resnet20]) => {
  const options = { input: name === 'lenet5' ? [2, 12, 12] : [2, 8, 8], classes: CLASSES };
  const byShard = { name, model: create(options), workers: [1, 3] };
  if (!byShard.model.layers.some(({ layer }) => layer.type.startsWith('batchNorm'))) return [byShard];
  // Starting threads takes most of the time. test/bits.test.ts trains every model on 2 workers.
  const synced = { name: `${name} in sync`, model: create({ ...options, sync: true }), workers: [2] };
  return [byShard, synced];
});

describe('any number of workers gives the bits of one thread', () => {
  it.each(cases)('$name', async ({ model, workers }) => {
    const loss = softmaxCrossEntropy();
    const optimizer = sgd({ learningRate: 0.01, momentum: 0.9 });
    const options = { model, loss, optimizer, batchSize: BATCH_SIZE, seed: 1 };
    const data = randomImages(model.input, model.output.slice(1));
    const single = learned(options, data, { epochs: 1 });
    expect(single.step).toBe(3);
    const expected = hashOf(single);
    for (const count of workers) {
      await using trainer = await createTrainer({ ...options, workers: count });
      const initial = hashOf(trainer);
      await trainer.fit(data, { epochs: 1 });
      expect(hashOf(trainer), `${count} workers`).toBe(expected);
      expect(initial).not.toBe(expected);
    }
  });
});
