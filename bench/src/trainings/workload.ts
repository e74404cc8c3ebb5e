// Models with synthetic data: random bytes as images and random classes, the same in every run.
import { createDataset, type StoredDataset } from '@convoy/datasets';
import { accuracy, cifarCnn, lenet5, type Model, resnet20, sgd, softmaxCrossEntropy } from '@convoy/layers';
import { RandomStream, sizeOf } from '@convoy/tensor';

/** A model and its data. `bytes` and `floats` contain the same samples, as bytes and as the scaled floats that the model gets. */
export interface Workload {
  readonly name: string;
  readonly model: Model;
  readonly bytes: StoredDataset;
  readonly floats: StoredDataset;
}

const CLASSES = 10;

export const lenet5Workload = (samples: number): Workload => workload('LeNet-5', lenet5(), samples);
export const cifarWorkload = (samples: number): Workload => workload('CIFAR CNN', cifarCnn(), samples);

/** Normalizes whole batches, for which the workers wait for each other about 40 times per step. */
export const resnet20Workload = (samples: number): Workload => workload('ResNet-20', resnet20({ sync: true }), samples);

/** The options of every training. */
export const trainingOptions = () => ({
  loss: softmaxCrossEntropy(),
  optimizer: sgd({ learningRate: 0.01, momentum: 0.9 }),
  metrics: [accuracy()],
  seed: 1,
});

/** A workload of any model with 10 classes. */
export function workload(name: string, model: Model, samples: number): Workload {
  const sampleShape = model.input;
  const inputs = randomBytes(samples * sizeOf(sampleShape));
  const stream = new RandomStream(0, 'labels');
  const labels = Array.from({ length: samples }, (_, sample) => stream.uint32(sample) % CLASSES);
  const targets = { kind: 'labels', labels, classes: CLASSES } as const;
  const scale = Math.fround(1 / 255);
  return {
    name,
    model,
    bytes: createDataset({ sampleShape, inputs, targets }),
    floats: createDataset({ sampleShape, inputs: Float32Array.from(inputs, (byte) => byte * scale), targets }),
  };
}

function randomBytes(count: number): Uint8Array {
  const stream = new RandomStream(0, 'images');
  const words = Uint32Array.from({ length: Math.ceil(count / 4) }, (_, i) => stream.uint32(i));
  return new Uint8Array(words.buffer, 0, count);
}
