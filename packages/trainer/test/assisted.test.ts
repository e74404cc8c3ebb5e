// Two workers at one shard: one computes gradients of parameters while the other continues backward. The bits are the same as on one thread.
import { createDataset } from '@convoy/datasets';
import {
  add,
  BlockRunner,
  cifarCnn,
  compilePlan,
  concat,
  conv2d,
  conv2dTranspose,
  dense,
  flatten,
  graph,
  groupNorm,
  instantiateKernels,
  layerNorm,
  lenet5,
  type Model,
  maxPool2d,
  multiply,
  type Plan,
  prelu,
  relu,
  ShardRunner,
  sgd,
  shared,
  sigmoid,
  silu,
  softmaxCrossEntropy,
} from '@convoy/layers';
import { RandomStream, sizeOf } from '@convoy/tensor';
import { createTrainer } from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { layOutMemory, runnerMemory } from '../src/shared/memory-layout.ts';
import { TrainingMemory } from '../src/shared/training-memory.ts';
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

describe('workers beyond one for each shard', () => {
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

  it('make gradients, where a model is worth it', async () => {
    await using trainer = await createTrainer({ ...digits, batchSize: 8, workers: 3, profile: true });
    await trainer.fit(images(400), { epochs: 2 });
    const [first, second, third] = trainer.profile().workers;
    const backward = (profile = first) =>
      Object.values(profile?.layers ?? {}).reduce((sum, layer) => sum + layer.backward, 0);
    expect(backward(second)).toBeGreaterThan(0);
    expect(second?.activities.forward).toBe(0);
    expect(backward(third)).toBe(0);
  });

  it('may die like others', async () => {
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

describe('calls that stand aside', () => {
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
    const loss = softmaxCrossEntropy();
    const optimizer = sgd({ learningRate: 0.1 });
    const plan = compilePlan(model, { loss, optimizer, assisted: true });
    const calls = plan.training[0]?.stages.find(({ part }) => part === 'backward')?.first ?? [];
    const asides = calls.filter(({ isDeferrable }) => isDeferrable);
    // A kernel and a bias each, at least; the second use of shared parameters comes before the first one.
    expect(asides.length).toBeGreaterThanOrEqual(5);
    const inOrder = gradientsOf(plan, model, (runner) => runner.run(runner.bind(calls)));
    const asidesLast = gradientsOf(plan, model, (runner) => {
      runner.run(runner.bind(calls.filter(({ isDeferrable }) => !isDeferrable)));
      runner.run(runner.bind(asides.toReversed()));
    });
    expect(inOrder.some((gradient) => gradient !== 0)).toBe(true);
    expect(Buffer.compare(Buffer.from(inOrder.buffer), Buffer.from(asidesLast.buffer))).toBe(0);
  });
});

/** The gradients of one block of random samples. */
function gradientsOf(plan: Plan, model: Model, backward: (runner: BlockRunner) => void): Float32Array {
  const sharding = { batchSize: 8, shards: 1, blocksPerShard: 1 };
  const layout = layOutMemory(plan, { sharding, workers: 1, profile: false }, 3);
  const training = new TrainingMemory(plan, layout);
  training.initialize(model, 1);
  const { memory } = training;
  const floats = new Float32Array(memory.buffer);
  const kernels = instantiateKernels(new WebAssembly.Module(plan.module), plan.exportNames, memory);
  const runner = new BlockRunner(plan, kernels);
  const random = new RandomStream(0, 'block');
  const shards = new ShardRunner(plan, sharding, runner, runnerMemory(layout, 0), floats, {
    read(workspace) {
      const fill = (cells: number, count: number, number: (i: number) => number) => {
        for (let i = 0; i < count; i++) floats[(workspace + cells) / 4 + i] = number(i);
      };
      fill(plan.inputs, sizeOf(model.input) * 8, (i) => 2 * random.uniform(i) - 1);
      fill(plan.targetCells, sizeOf(plan.targets.shape) * 8, (i) => i % 2);
      fill(plan.weights, 8, () => 1 / 8);
    },
    enter() {},
    meet() {},
    backward: () => backward(runner),
  });
  shards.run(layout.states[0], 8, 0, 1);
  return floats.slice(layout.gradients / 4, (layout.gradients + plan.gradientBytes) / 4);
}
