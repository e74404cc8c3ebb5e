// Models and data for tests, the same on every run. All but the last train in milliseconds.
import { createDataset, type DatasetSource, type StoredDataset } from '@convoy/datasets';
import {
  accuracy,
  batchNorm1d,
  batchNorm2d,
  conv2d,
  dense,
  dropout,
  flatten,
  graph,
  type LearnerOptions,
  maxPool2d,
  meanSquaredError,
  relu,
  sequential,
  sgd,
  softmaxCrossEntropy,
  spatialDropout2d,
  tanh,
} from '@convoy/layers';
import { RandomStream, type Shape, sizeOf } from '@convoy/tensor';

const CLASSES = 5;

/** A classifier of bytes of shape [1, 9, 7]: convolution, pooling, dense; a batch of 32 has 4 shards. */
export const classifier = {
  model: sequential({ input: [1, 9, 7] }, [
    conv2d({ filters: 3, kernelSize: 3 }),
    relu(),
    maxPool2d({ size: 2 }),
    flatten(),
    dense({ units: CLASSES }),
  ]),
  loss: softmaxCrossEntropy(),
  metrics: [accuracy()],
  optimizer: sgd({ learningRate: 0.1, momentum: 0.9, weightDecay: 0.001 }),
  batchSize: 32,
  seed: 1,
} satisfies LearnerOptions;

/** The same data through layers that look at the whole batch, or at the shard, and that draw random numbers. */
export const exchangingClassifier = {
  ...classifier,
  model: graph({ input: [1, 9, 7] }, (image) => {
    const stem = image.to(conv2d({ filters: 3, kernelSize: 3, useBias: false }), batchNorm2d({ sync: true }), relu());
    return stem.to(
      conv2d({ filters: 2, kernelSize: 3 }),
      batchNorm2d(),
      spatialDropout2d({ rate: 0.2 }),
      relu(),
      flatten(),
      dense({ units: 6 }),
      batchNorm1d({ sync: true }),
      dropout({ rate: 0.3 }),
      dense({ units: CLASSES }),
    );
  }),
} satisfies LearnerOptions;

/** Predicts 2 numbers of 3: the shortest steps that there are. */
export const regression = {
  model: sequential({ input: [3] }, [dense({ units: 4 }), tanh(), dense({ units: 2 })]),
  loss: meanSquaredError(),
  optimizer: sgd({ learningRate: 0.05 }),
  batchSize: 16,
  seed: 1,
} satisfies LearnerOptions;

/** Whole numbers from 0 to `below` - 1. */
export function randomBytes(length: number, below: number, purpose: string): Uint8Array {
  const random = new RandomStream(0, purpose);
  return Uint8Array.from({ length }, (_, i) => Math.floor(random.uniform(i) * below));
}

/** Numbers from -1 to 1. */
export function randomFloats(length: number, purpose: string): Float32Array {
  const random = new RandomStream(0, purpose);
  return Float32Array.from({ length }, (_, i) => 2 * random.uniform(i) - 1);
}

export const randomLabels = (length: number, classes = CLASSES): DatasetSource['targets'] => ({
  kind: 'labels',
  labels: randomBytes(length, classes, 'labels'),
  classes,
});

export const randomValues = (length: number, shape: Shape): DatasetSource['targets'] => ({
  kind: 'values',
  values: randomFloats(length * sizeOf(shape), 'values'),
  shape,
});

/** Samples for the classifier. */
export const images = (length: number): StoredDataset =>
  createDataset({
    sampleShape: classifier.model.input,
    inputs: randomBytes(length * sizeOf(classifier.model.input), 256, 'inputs'),
    targets: randomLabels(length),
    normalization: { scale: [1 / 50], offset: [-2.5] },
  });

/** Samples for the regression. */
export const points = (length: number): StoredDataset =>
  createDataset({
    sampleShape: regression.model.input,
    inputs: randomFloats(length * sizeOf(regression.model.input), 'inputs'),
    targets: randomValues(length, regression.model.output),
  });

/** For runs that are to take long: with `manyDigits`, one core predicts for some 4 s and trains an epoch for 12 s. */
export const slowClassifier = {
  ...classifier,
  model: sequential({ input: [1, 28, 28] }, [
    conv2d({ filters: 16, kernelSize: 5 }),
    relu(),
    conv2d({ filters: 16, kernelSize: 5 }),
    flatten(),
    dense({ units: CLASSES }),
  ]),
  batchSize: 16,
} satisfies LearnerOptions;

/** Blank images of one class. */
export function manyDigits(): StoredDataset {
  const length = 40_000;
  return createDataset({
    sampleShape: slowClassifier.model.input,
    inputs: new Uint8Array(new SharedArrayBuffer(length * sizeOf(slowClassifier.model.input))),
    targets: { kind: 'labels', labels: new Int32Array(new SharedArrayBuffer(4 * length)), classes: CLASSES },
  });
}
