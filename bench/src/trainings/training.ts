// Ways to train a workload, as contenders of the bench.
import type { StoredDataset } from '@convoy/datasets';
import { createLearner } from '@convoy/layers';
import { sizeOf, Tensor } from '@convoy/tensor';
import { createTrainer } from '@convoy/trainer';
import type { Contender } from '../measuring/rounds.ts';
import { trainingOptions, type Workload } from './workload.ts';

/** One way to train. A timed call trains with `samples` samples. */
export interface Training extends Contender {
  readonly group: string;
  readonly name: string;
  readonly samples: number;
  /** Trains for one epoch with all samples in their order. */
  readonly rehearse: () => Promise<void>;
  readonly parameters: () => Map<string, Tensor>;
  readonly dispose: () => Promise<void>;
}

/** Trains on this thread; a call is one step on the next batch. */
export function learnerTraining({ name, model, floats }: Workload, batchSize: number): Training {
  const learner = createLearner({ model, batchSize, ...trainingOptions() });
  const batches = batchesOf(floats, batchSize);
  let next = 0;
  const step = () => {
    const { inputs, labels } = batches[next++ % batches.length] as Batch;
    return learner.train(inputs, labels);
  };
  return {
    group: `${name}, batch ${batchSize}`,
    name: 'learner',
    samples: batchSize,
    isAsync: false,
    run: step,
    rehearse: async () => batches.forEach(step),
    parameters: () => learner.parameters(),
    dispose: async () => {},
  };
}

/** Trains on worker threads; a call is one epoch. */
export async function trainerTraining(
  name: string,
  { name: modelName, model }: Workload,
  data: StoredDataset,
  batchSize: number,
  workers: number,
): Promise<Training> {
  const trainer = await createTrainer({ model, batchSize, workers, ...trainingOptions() });
  return {
    group: `${modelName}, batch ${batchSize}`,
    name,
    samples: data.length,
    isAsync: true,
    run: () => trainer.fit(data, { epochs: 1 }),
    rehearse: async () => void (await trainer.fit(data, { epochs: 1, shuffle: false })),
    parameters: () => trainer.parameters(),
    dispose: () => trainer.dispose(),
  };
}

export async function disposeAll(trainings: readonly Training[]): Promise<void> {
  await Promise.all(trainings.map((training) => training.dispose()));
}

interface Batch {
  readonly inputs: Tensor;
  readonly labels: ArrayLike<number>;
}

/** The full batches of a data set, as views of its memory. */
function batchesOf({ length, sampleShape, source, targets }: StoredDataset, batchSize: number): readonly Batch[] {
  const { samples } = source;
  if (!(samples instanceof Float32Array) || targets.kind !== 'labels') {
    throw new TypeError('A learner needs a data set of floats with labels.');
  }
  const size = sizeOf(sampleShape);
  return Array.from({ length: Math.floor(length / batchSize) }, (_, batch) => {
    const from = batch * batchSize;
    const to = from + batchSize;
    return {
      inputs: new Tensor(samples.subarray(from * size, to * size), [batchSize, ...sampleShape]),
      labels: targets.labels.subarray(from, to),
    };
  });
}
