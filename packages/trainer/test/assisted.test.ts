// Two workers for one shard: an assistant makes gradients of parameters while the other worker continues backward. The bits are those of one thread.
import { createDataset } from '@convoy/datasets';
import {
  add,
  cifarCnn,
  concat,
  conv2d,
  conv2dTranspose,
  dense,
  flatten,
  graph,
  groupNorm,
  layerNorm,
  lenet5,
  type Model,
  maxPool2d,
  multiply,
  prelu,
  relu,
  sgd,
  shared,
  sigmoid,
  silu,
  softmaxCrossEntropy,
} from '@convoy/layers';
import type { Engine } from '@convoy/layers/runtime';
import { RandomStream, sizeOf, Tensor } from '@convoy/tensor';
import { createTrainer } from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { EngineGroup } from '../../layers/test/engines.ts';
import { hashOf } from './bits.ts';
import { learned, learnedFor } from './single-thread.ts';
import { randomBytes, randomLabels } from './small-cases.ts';
import { threadsDuring, until } from './threads.ts';

const digits = {
  model: lenet5(),
  loss: softmaxCrossEntropy(),
  optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }),
  seed: 3,
};

const images = (length: number) =>
  createDataset({
    sampleShape: digits.model.input,
    inputs: randomBytes(length * sizeOf(digits.model.input), 256, 'digits'),
    targets: randomLabels(length, 10),
    normalization: { scale: [1 / 50], offset: [-2.5] },
  });

describe('more workers than shards', () => {
  it.each([
    { batchSize: 1, workers: 2 },
    { batchSize: 8, workers: 2 },
    { batchSize: 13, workers: 4 },
    { batchSize: 16, workers: 5 },
  ])('give the bits of one thread: batches of $batchSize, $workers workers', async ({ batchSize, workers }) => {
    const data = images(45);
    await using trainer = await createTrainer({ ...digits, batchSize, workers });
    await trainer.fit(data, { epochs: 2 });
    expect(hashOf(trainer)).toBe(hashOf(learned({ ...digits, batchSize }, data, { epochs: 2 })));
  });

  it('make gradients of parameters, if the model is large enough', async () => {
    await using trainer = await createTrainer({ ...digits, batchSize: 8, workers: 3, profile: true });
    await trainer.fit(images(400), { epochs: 2 });
    const [first, second, third] = trainer.profile().workers;
    const backward = (profile = first) =>
      Object.values(profile?.layers ?? {}).reduce((sum, layer) => sum + layer.backward, 0);
    expect(backward(second)).toBeGreaterThan(0);
    expect(second?.activities.forward).toBe(0);
    expect(backward(third)).toBe(0);
  });

  it('may die like other workers', async () => {
    const data = images(80);
    await threadsDuring(async (living) => {
      await using trainer = await createTrainer({ ...digits, batchSize: 8, workers: 2, maxFailures: 9 });
      const running = trainer.fit(data, { epochs: 60 });
      for (const [step, rank] of [
        [30, 1],
        [150, 0],
        [300, 1],
      ] as const) {
        await until(() => trainer.step >= step);
        void [...living][rank]?.terminate();
      }
      await running;
      expect(hashOf(trainer)).toBe(hashOf(learnedFor(600, { ...digits, batchSize: 8 }, data)));
    });
  });
});

describe('deferrable calls', () => {
  const manyKinds = graph({ input: [2, 8, 8] }, (image) => {
    const twice = shared(conv2d({ filters: 4, kernelSize: 3, padding: 'same' }));
    const stem = image.to(conv2d({ filters: 4, kernelSize: 3, padding: 'same' }), relu());
    const first = stem.to(twice, groupNorm({ groups: 2 }), silu());
    const second = first.to(twice, prelu());
    const sum = second.merge(add(), stem).to(layerNorm(), relu());
    const gate = sum.to(conv2d({ filters: 4, kernelSize: 1 }), sigmoid());
    const wide = sum
      .merge(multiply(), gate)
      .to(maxPool2d({ size: 2 }), conv2dTranspose({ filters: 3, kernelSize: 2, strides: 2 }));
    return wide
      .merge(concat(), sum)
      .to(conv2d({ filters: 7, kernelSize: 3, groups: 7 }), flatten(), dense({ units: 5 }));
  });

  it.each<[string, Model]>([
    ['LeNet-5', lenet5()],
    ['the CIFAR network', cifarCnn()],
    ['layers of many kinds', manyKinds],
  ])('may run last, and in any order: %s', (_, model) => {
    const inOrder = gradientsOf(model, (engine) => {
      for (const { calls } of engine.backwardCalls()) engine.runCalls(calls);
    });
    const deferred = gradientsOf(model, (engine) => {
      const all = engine.backwardCalls();
      const deferrable = all.filter(({ isDeferrable }) => isDeferrable);
      // A kernel and a bias each, at least; the second use of shared parameters comes before the first one.
      expect(deferrable.length).toBeGreaterThanOrEqual(5);
      for (const { calls, isDeferrable } of all) if (!isDeferrable) engine.runCalls(calls);
      for (const { calls } of deferrable.toReversed()) engine.runCalls(calls);
    });
    expect(inOrder.some((gradient) => gradient !== 0)).toBe(true);
    expect(Buffer.compare(Buffer.from(inOrder.buffer), Buffer.from(deferred.buffer))).toBe(0);
  });
});

/** The gradients of one block of random samples. `backward` runs the calls of backward, of a block that the engine has entered. */
function gradientsOf(model: Model, backward: (engine: Engine) => void): Float32Array {
  const group: EngineGroup = new EngineGroup({
    ...{ model, loss: softmaxCrossEntropy(), optimizer: sgd({ learningRate: 0.1 }), batchSize: 8 },
    assisted: true,
    hooks: { backward: () => backward(group.engine()) },
  });
  const random = new RandomStream(0, 'block');
  const inputs = Float32Array.from({ length: 8 * sizeOf(model.input) }, (_, i) => 2 * random.uniform(i) - 1);
  const labels = Array.from({ length: 8 }, (_, i) => i % 2);
  group.enterStep();
  group.engine().computeShards(group.batchOf(new Tensor(inputs, [8, ...model.input]), labels), 0, 1);
  const { layout, plan, floats } = group;
  return floats.slice(layout.gradients / 4, (layout.gradients + plan.gradientBytes) / 4);
}
