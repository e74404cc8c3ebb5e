// Samples that are augmented while they are gathered are those of `preview`, whatever computes them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDataset, type StoredDataset } from '@convoy/datasets';
import {
  type Augmentation,
  brightness,
  cutmix,
  gaussianNoise,
  horizontalFlip,
  Mixer,
  mixup,
  preview,
  randomCrop,
  rotate,
} from '@convoy/datasets/augment';
import {
  accuracy,
  conv2d,
  createLearner,
  type Learner,
  relu,
  sequential,
  sgd,
  softmaxCrossEntropy,
} from '@convoy/layers';
import { Permutation, Tensor } from '@convoy/tensor';
import { checkpoint, createTrainer, type TrainerOptions } from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { hashOf } from './bits.ts';
import { expectRefusal } from './refusal.ts';
import { classifier, images, randomBytes, randomFloats, randomLabels } from './small-cases.ts';
import { readFromFiles } from './stream/read-data.ts';

const SAMPLES = 100;

const floats = createDataset({
  sampleShape: [1, 9, 7],
  inputs: randomFloats(SAMPLES * 63, 'floats'),
  targets: randomLabels(SAMPLES),
});

const masks = createDataset({
  sampleShape: [2, 5, 4],
  inputs: randomBytes(SAMPLES * 40, 256, 'inputs'),
  targets: {
    kind: 'labels',
    labels: randomBytes(SAMPLES * 20, 3, 'pixels'),
    classes: 3,
    shape: [5, 4],
    ignoreLabel: 255,
  },
});

const segmentation: TrainerOptions = {
  model: sequential({ input: [2, 5, 4] }, [
    conv2d({ filters: 4, kernelSize: 3, padding: 1 }),
    relu(),
    conv2d({ filters: 3, kernelSize: 1 }),
  ]),
  loss: softmaxCrossEntropy({ ignoreLabel: 255 }),
  metrics: [accuracy()],
  optimizer: sgd({ learningRate: 0.05 }),
  batchSize: 24,
  seed: 3,
};

interface Case {
  readonly what: string;
  readonly options: TrainerOptions;
  readonly data: StoredDataset;
  readonly augment: readonly Augmentation[];
}

const cases: readonly Case[] = [
  {
    what: 'bytes',
    options: classifier,
    data: images(SAMPLES),
    augment: [randomCrop({ padding: 2 }), horizontalFlip(), brightness({ factor: [0.7, 1.3] })],
  },
  {
    what: 'floats',
    options: classifier,
    data: floats,
    augment: [rotate({ degrees: 30 }), gaussianNoise({ deviation: 0.1 })],
  },
  {
    what: 'images and the labels of their pixels',
    options: segmentation,
    data: masks,
    augment: [randomCrop({ padding: 1 }), horizontalFlip()],
  },
];

/** The data set of an epoch, with the samples of `preview`. */
async function previewed({ data, augment, options }: Case, epoch: number): Promise<StoredDataset> {
  const { rows, masks: labels } = await preview(data, { augment, seed: options.seed ?? 0, epoch });
  const { sampleShape, targets, normalization } = data;
  return createDataset({
    ...{ sampleShape, inputs: rows, normalization },
    targets: labels && targets.kind === 'labels' ? { ...targets, labels } : targets,
  });
}

describe.each(cases)('augmented $what', (given) => {
  const { data, augment, options } = given;

  it('are those of preview, epoch by epoch, and data to evaluate is not augmented', async () => {
    await using trainer = await createTrainer({ ...options, workers: 2 });
    await using expected = await createTrainer({ ...options, workers: 2 });
    await using plain = await createTrainer({ ...options, workers: 2 });
    for (let epoch = 0; epoch < 3; epoch++) {
      await trainer.fit(data, { epochs: 1, augment });
      await expected.fit(await previewed(given, epoch), { epochs: 1 });
      await plain.fit(data, { epochs: 1 });
      expect(hashOf(trainer), `epoch ${epoch}`).toBe(hashOf(expected));
      expect(hashOf(trainer)).not.toBe(hashOf(plain));
      expect(await trainer.evaluate(data)).toEqual(await expected.evaluate(data));
    }
  });

  it('have the same bits for any number of workers and decoders, and continue from a checkpoint', async () => {
    const hashes: string[] = [];
    for (const workers of [1, 3]) {
      await using trainer = await createTrainer({ ...options, workers });
      await trainer.fit(data, { epochs: 2, augment });
      hashes.push(hashOf(trainer));
      const read = readFromFiles(data).data;
      const memoryBudget = 20_000;
      await using streaming = await createTrainer({ ...options, workers, decoders: workers, memoryBudget });
      await streaming.fit(read, { epochs: 2, augment });
      hashes.push(hashOf(streaming));
    }
    const directory = mkdtempSync(join(tmpdir(), 'convoy-'));
    await using first = await createTrainer({ ...options, workers: 2 });
    await first.fit(data, {
      epochs: 2,
      augment,
      maxSteps: 3,
      callbacks: [checkpoint({ directory, every: { steps: 3 } })],
    });
    await using second = await createTrainer({ ...options, workers: 1 });
    const given = /of a run with augmentation 2, type: "[a-zA-Z]+"$/;
    const fewer = { epochs: 2, augment: augment.slice(0, 1), resume: directory };
    await expectRefusal(second.fit(data, fewer), 'CONVOY_CHECKPOINT_MISMATCH', given);
    await second.fit(data, { epochs: 2, augment, resume: directory });
    hashes.push(hashOf(second));
    rmSync(directory, { recursive: true });
    expect(new Set(hashes).size).toBe(1);
  });
});

describe('samples that are mixed', () => {
  const loss = softmaxCrossEntropy({ targets: 'oneHot' });
  const options = { ...classifier, loss, metrics: [accuracy()] } satisfies TrainerOptions;
  const data = images(SAMPLES);
  const augment = [randomCrop({ padding: 1 }), mixup({ alpha: 0.4 }), cutmix()];

  /** The mini-batches of an epoch, mixed with the functions of the data sets package, and trained one by one by a learner. */
  async function learnedWith(epochs: number): Promise<Learner> {
    const learner = createLearner(options);
    const { batchSize, seed } = options;
    const size = 63;
    const classes = 5;
    const [scale, offset] = [data.normalization.scale, data.normalization.offset].map(([x]) =>
      Math.fround(x as number),
    ) as [number, number];
    const mixer = new Mixer(augment.slice(1), { sampleShape: [1, 9, 7], element: 'uint8', seed });
    const labels = data.targets.kind === 'labels' ? data.targets.labels : [];
    for (let epoch = 0; epoch < epochs; epoch++) {
      const { rows } = await preview(data, { augment: augment.slice(0, 1), seed, epoch });
      const order = new Permutation(seed, 'shuffle', epoch, SAMPLES);
      for (let batch = 0; batch * batchSize < SAMPLES; batch++) {
        const first = batch * batchSize;
        const count = Math.min(batchSize, SAMPLES - first);
        mixer.enter(epoch, batch, count);
        const inputs = new Float32Array(count * size);
        const targets = new Float32Array(count * classes);
        for (let i = 0; i < count; i++) {
          const [own, partner] = [order.at(first + i), order.at(first + mixer.partnerOf(i))];
          const row = Uint8Array.from(rows.subarray(own * size, (own + 1) * size));
          const target = new Float32Array(classes);
          target[labels[own] as number] = 1;
          if (mixer.weight < 1) {
            const other = new Float32Array(classes);
            other[labels[partner] as number] = 1;
            mixer.mix(row, 0, rows as Uint8Array, partner * size);
            mixer.mixTargets(target, 0, other, 0, classes);
          }
          targets.set(target, i * classes);
          for (const [p, pixel] of row.entries()) inputs[i * size + p] = Math.fround(pixel * scale) + offset;
        }
        learner.train(new Tensor(inputs, [count, 1, 9, 7]), targets);
      }
    }
    return learner;
  }

  it('have the bits of mini-batches that were mixed one by one', async () => {
    const expected = hashOf(await learnedWith(3));
    for (const workers of [1, 2, 3]) {
      await using trainer = await createTrainer({ ...options, workers });
      await trainer.fit(data, { epochs: 3, augment });
      expect(hashOf(trainer), `${workers} workers`).toBe(expected);
    }
    await using streaming = await createTrainer({ ...options, workers: 2, decoders: 2, memoryBudget: 8192 });
    await streaming.fit(readFromFiles(data).data, { epochs: 3, augment });
    expect(hashOf(streaming)).toBe(expected);
  });

  it('need a loss that takes probabilities, which takes labels as well', async () => {
    await using labelled = await createTrainer({ ...classifier, workers: 1 });
    await expectRefusal(
      labelled.fit(data, { epochs: 1, augment }),
      'CONVOY_INVALID_OPTION',
      /^the augmentation mixup with/,
    );
    await labelled.fit(data, { epochs: 2 });
    await using trainer = await createTrainer({ ...options, workers: 2 });
    await trainer.fit(data, { epochs: 2 });
    // The same function of the parameters, in another kernel.
    const { loss: newLoss, accuracy: right } = await trainer.evaluate(data);
    const { loss: otherLoss, accuracy: otherRight } = await labelled.evaluate(data);
    expect(newLoss).toBeCloseTo(otherLoss, 4);
    expect(right).toBeCloseTo(otherRight as number, 1);
    const { classReport } = await trainer.evaluateClasses(data);
    expect(classReport.accuracy).toBeCloseTo(right as number, 12);
  });
});

describe('augmentations', () => {
  it('that cannot augment the data are refused before training', async () => {
    await using trainer = await createTrainer({ ...classifier, workers: 1 });
    const fitWith = (augment: unknown) => trainer.fit(images(64), { epochs: 1, augment: augment as never });
    await expectRefusal(fitWith('flip'), 'CONVOY_INVALID_OPTION', /^augment: "flip"$/);
    await expectRefusal(fitWith([horizontalFlip]), 'CONVOY_INVALID_OPTION', /augment\[0\]/);
    await expectRefusal(fitWith([{ type: 'flip', settings: {} }]), 'CONVOY_UNKNOWN_NAME', /flip/);
    await expectRefusal(fitWith([randomCrop({ size: 40 })]), 'CONVOY_SHAPE_MISMATCH', /40/);
    expect(trainer.step).toBe(0);
  });

  it('are part of a search for the learning rate', async () => {
    await using trainer = await createTrainer({ ...classifier, workers: 2 });
    const data = images(128);
    const plain = await trainer.findLearningRate(data, { steps: 5 });
    const augmented = await trainer.findLearningRate(data, { steps: 5, augment: [horizontalFlip({ probability: 1 })] });
    expect(augmented.losses).not.toEqual(plain.losses);
  });

  it('are applied again when a loss that is not finite is traced', async () => {
    const optimizer = sgd({ learningRate: 1e30 });
    await using trainer = await createTrainer({ ...classifier, optimizer, workers: 2 });
    const running = trainer.fit(images(128), { epochs: 3, augment: [randomCrop({ padding: 2 })] });
    await expectRefusal(running, 'CONVOY_NOT_FINITE', /is not finite/);
  });
});
