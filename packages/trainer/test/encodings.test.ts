// Every way in which samples and targets are stored, through training and prediction, against one thread.
import { createDataset, type DatasetSource, type StoredDataset, subset } from '@convoy/datasets';
import {
  accuracy,
  avgPool2d,
  binaryAccuracy,
  confusionMatrix,
  conv2d,
  dense,
  flatten,
  type LearnerOptions,
  type Loss,
  type Metric,
  meanSquaredError,
  relu,
  sequential,
  sgd,
  sigmoid,
  sigmoidBinaryCrossEntropy,
  softmaxCrossEntropy,
  tanh,
} from '@convoy/layers';
import { type Shape, sizeOf } from '@convoy/tensor';
import { createTrainer } from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { expectSameParameters, expectSameTensor } from './expectations.ts';
import { inputsOf, learn, learned } from './single-thread.ts';
import { randomBytes, randomFloats, randomLabels, randomValues } from './small-cases.ts';

const SAMPLES = 83;

const bytes = (shape: Shape) => randomBytes(SAMPLES * sizeOf(shape), 256, 'inputs');
const floats = (shape: Shape) => randomFloats(SAMPLES * sizeOf(shape), 'inputs');

const classification = (input: Shape): LearnerOptions => ({
  model: sequential({ input }, [conv2d({ filters: 4, kernelSize: 3 }), relu(), flatten(), dense({ units: 3 })]),
  loss: softmaxCrossEntropy(),
  metrics: [accuracy()],
  optimizer: sgd({ learningRate: 0.02, momentum: 0.5 }),
  batchSize: 20,
});

/** Images to images: no dense layer, no pooling. */
const filter = (input: Shape, reduction: 'mean' | 'halfSum'): LearnerOptions => ({
  model: sequential({ input }, [
    conv2d({ filters: 2, kernelSize: 3, padding: 1 }),
    tanh(),
    conv2d({ filters: 1, kernelSize: 2 }),
  ]),
  loss: meanSquaredError({ reduction }),
  optimizer: sgd({ learningRate: 0.02, momentum: 0.5, nesterov: true }),
  batchSize: 20,
});

/** The class of each pixel, by convolutions only. */
const segmentation = (loss: Loss, metrics: readonly Metric[] = [accuracy()]): LearnerOptions => ({
  model: sequential({ input: [2, 5, 4] }, [
    conv2d({ filters: 4, kernelSize: 3, padding: 1 }),
    relu(),
    conv2d({ filters: 3, kernelSize: 1 }),
  ]),
  loss,
  metrics,
  optimizer: sgd({ learningRate: 0.05, momentum: 0.5 }),
  batchSize: 20,
});
const randomProbabilities = (shape: Shape): DatasetSource['targets'] => {
  const values = randomFloats(SAMPLES * sizeOf(shape), 'probabilities').map((value) => (value + 1) / 2);
  return { kind: 'values', values, shape };
};
const pixelLabels = randomBytes(SAMPLES * 20, 3, 'pixels');

const smooth: LearnerOptions = {
  model: sequential({ input: [2, 6, 6] }, [
    conv2d({ filters: 3, kernelSize: 3, strides: 2, padding: 1 }),
    sigmoid(),
    avgPool2d({ size: 3 }),
    flatten(),
    dense({ units: 4 }),
    tanh(),
    dense({ units: 2 }),
    sigmoid(),
  ]),
  loss: meanSquaredError(),
  optimizer: sgd({ learningRate: 0.1 }),
  batchSize: 20,
};

interface EncodingCase {
  readonly what: string;
  readonly options: LearnerOptions;
  readonly source: Omit<DatasetSource, 'sampleShape'>;
  /** What is taken of the data set. */
  readonly view?: (data: StoredDataset) => StoredDataset;
}

const cases: readonly EncodingCase[] = [
  {
    what: 'bytes in rows of whole words, labels',
    options: classification([1, 6, 4]),
    source: { inputs: bytes([1, 6, 4]), targets: randomLabels(SAMPLES, 3) },
  },
  {
    what: 'bytes in rows of odd length that start anywhere, fewer classes than outputs',
    options: classification([1, 5, 5]),
    source: { inputs: bytes([1, 5, 5]), targets: randomLabels(SAMPLES, 2) },
    view: (data) => subset(data, 1, 80),
  },
  {
    what: 'bytes in rows of whole words that start between words',
    options: classification([1, 4, 4]),
    source: { inputs: shifted(bytes([1, 4, 4])), targets: randomLabels(SAMPLES, 3) },
  },
  {
    what: 'bytes normalised by channel',
    options: classification([3, 5, 4]),
    source: {
      inputs: bytes([3, 5, 4]),
      targets: randomLabels(SAMPLES, 3),
      normalization: { scale: [1 / 58, 1 / 57, 0.1], offset: [-2.1, -2.1, 0] },
    },
  },
  {
    what: 'bytes, a byte as the label of each pixel, in a part of a data set',
    options: segmentation(softmaxCrossEntropy({ labelSmoothing: 0.1 })),
    source: {
      inputs: bytes([2, 5, 4]),
      targets: { kind: 'labels', labels: pixelLabels, classes: 3, shape: [5, 4] },
    },
    view: (data) => subset(data, 3),
  },
  {
    what: 'floats, whole numbers as labels of pixels, some of them ignored',
    options: segmentation(softmaxCrossEntropy({ ignoreLabel: -1, classWeights: [1, 2, 0.5] })),
    source: {
      inputs: floats([2, 5, 4]),
      targets: {
        kind: 'labels',
        labels: Int32Array.from(pixelLabels, (label, i) => (i % 7 === 0 ? -1 : label)),
        classes: 3,
        shape: [5, 4],
        ignoreLabel: -1,
      },
    },
  },
  {
    what: 'floats, distributions for pixels',
    options: segmentation(softmaxCrossEntropy({ targets: 'oneHot' })),
    source: { inputs: floats([2, 5, 4]), targets: randomProbabilities([3, 5, 4]) },
  },
  {
    what: 'floats, yes and no',
    options: segmentation(sigmoidBinaryCrossEntropy({ positiveWeight: 2 }), [binaryAccuracy()]),
    source: { inputs: floats([2, 5, 4]), targets: randomProbabilities([3, 5, 4]) },
  },
  {
    what: 'floats, values of an image',
    options: filter([1, 4, 4], 'mean'),
    source: { inputs: floats([1, 4, 4]), targets: randomValues(SAMPLES, [1, 3, 3]) },
  },
  {
    what: 'floats normalised by channel, values in a part of a data set',
    options: filter([2, 4, 3], 'halfSum'),
    source: {
      inputs: floats([2, 4, 3]),
      targets: randomValues(SAMPLES, [1, 3, 2]),
      normalization: { scale: [2, 0.3], offset: [0, -0.7] },
    },
    view: (data) => subset(data, 3),
  },
  {
    what: 'floats through tanh and sigmoid, values of a vector',
    options: smooth,
    source: { inputs: floats([2, 6, 6]), targets: randomValues(SAMPLES, [2]) },
  },
  {
    what: 'bytes, values',
    options: smooth,
    source: { inputs: bytes([2, 6, 6]), targets: randomValues(SAMPLES, [2]) },
  },
  {
    what: 'rows in another order, some of them twice, in a part of a data set',
    options: smooth,
    source: { inputs: bytes([2, 6, 6]), targets: randomValues(SAMPLES, [2]) },
    view: (data) => {
      const rows = new Int32Array(new SharedArrayBuffer(4 * SAMPLES));
      rows.set(rows.map((_, i) => (i * i + 3) % SAMPLES));
      return subset({ ...data, source: { ...data.source, rows } }, 2);
    },
  },
];

/** The same bytes in shared memory, one byte after the start of a word. */
function shifted(numbers: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(numbers.length + 1), 1);
  copy.set(numbers);
  return copy;
}

describe('data', () => {
  it.each(cases)('of $what', async ({ options, source, view = (data) => data }) => {
    const data = view(createDataset({ ...source, sampleShape: options.model.input }));
    const expected = learned(options, data, { epochs: 2 });
    await using trainer = await createTrainer({ ...options, workers: 2 });
    await trainer.fit(data, { epochs: 2 });
    expectSameParameters(trainer, expected);
    expectSameTensor('predictions', await trainer.predict(data), expected.predict(inputsOf(data)));
  });

  it('of a segmentation is learned, and evaluated pixel by pixel', async () => {
    const optimizer = sgd({ learningRate: 0.5, momentum: 0.9 });
    const options = { ...segmentation(softmaxCrossEntropy({ ignoreLabel: 255 })), optimizer };
    const inputs = bytes(options.model.input);
    // The class of a pixel says which of its channels is brighter, or that both are dark.
    const labels = pixelLabels.map((_, i) => {
      const first = Math.floor(i / 20) * 40 + (i % 20);
      const [red, green] = [inputs[first] as number, inputs[first + 20] as number];
      return i % 11 === 0 ? 255 : red < 100 && green < 100 ? 2 : Number(green > red);
    });
    const targets = { kind: 'labels', labels, classes: 3, shape: [5, 4], ignoreLabel: 255 } as const;
    const data = createDataset({ sampleShape: options.model.input, inputs, targets });
    await using trainer = await createTrainer({ ...options, workers: 2 });
    const before = await trainer.evaluate(data);
    await trainer.fit(data, { epochs: 40 });
    const after = await trainer.evaluate(data);
    const matrix = confusionMatrix(await trainer.predict(data), labels, 255);
    const counted = labels.filter((label) => label !== 255).length;
    expect(matrix.data.reduce((sum, count) => sum + count)).toBe(counted);
    // Not the same to the last digit: samples differ in how many of their pixels count.
    const right = (matrix.at(0, 0) + matrix.at(1, 1) + matrix.at(2, 2)) / counted;
    expect(after).toMatchObject({ accuracy: expect.closeTo(right, 2) });
    expect(right).toBeGreaterThan(0.8);
    expect(after.loss).toBeLessThan(0.6 * before.loss);
  });

  it('of more kinds than the workers keep at a time', async () => {
    const { options, source } = cases[0] as EncodingCase;
    const whole = createDataset({ ...source, sampleShape: options.model.input });
    const sets = Array.from({ length: 7 }, (_, i) => subset(whole, i, 40 + 5 * i));
    const expected = learned(options, whole, { epochs: 0 });
    await using trainer = await createTrainer({ ...options, workers: 2 });
    for (const [epoch, data] of [...sets, ...sets].entries()) {
      await trainer.fit(data, { epochs: 1 });
      for (const _ of learn(expected, options, data, { firstEpoch: epoch, epochs: 1 }));
    }
    expect(trainer.step).toBe(expected.step);
    expectSameParameters(trainer, expected);
  });
});
