// Ways to train a workload, and how they are compared: first for the same parameters, then for speed.
import { createHash } from 'node:crypto';
import type { Dataset } from '@convoy/datasets';
import { createLearner } from '@convoy/layers';
import { sizeOf, Tensor } from '@convoy/tensor';
import { createTrainer } from '@convoy/trainer';
import { type Measurement, measure } from './measurement.ts';
import { type Contender, type Effort, type Round, timeInRounds } from './rounds.ts';
import { trainingOptions, type Workload } from './workload.ts';

/** One way to train. A timed call takes `samples` samples. */
export interface Training extends Contender {
  readonly group: string;
  readonly name: string;
  readonly samples: number;
  /** Trains for one epoch on all samples in their order. */
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
  data: Dataset,
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

/**
 * Rehearses all trainings, and times them.
 * @throws Error if trainings of one group have different parameters after the same steps, or end with some that are not finite
 */
export async function compareTrainings(trainings: readonly Training[], effort: Effort) {
  const hash = createHash('sha256');
  for (const [group, members] of byGroup(trainings)) hash.update(await rehearseAlike(group, members));
  const results = await timeInRounds(trainings, effort);
  const measurements = trainings.map((training, i): Measurement => {
    fingerprint(training);
    return measure(training, { unit: 'samples/s', amount: training.samples }, results[i] as readonly Round[]);
  });
  return { measurements, checksum: hash.digest('hex') };
}

export async function disposeAll(trainings: readonly Training[]): Promise<void> {
  await Promise.all(trainings.map((training) => training.dispose()));
}

interface Batch {
  readonly inputs: Tensor;
  readonly labels: ArrayLike<number>;
}

/** Views of a data set's full batches. */
function batchesOf({ length, sampleShape, inputs, targets }: Dataset, batchSize: number): readonly Batch[] {
  if (!(inputs instanceof Float32Array) || targets.kind !== 'labels')
    throw new Error('A learner is fed floats with labels.');
  const size = sizeOf(sampleShape);
  return Array.from({ length: Math.floor(length / batchSize) }, (_, batch) => {
    const from = batch * batchSize;
    const to = from + batchSize;
    return {
      inputs: new Tensor(inputs.subarray(from * size, to * size), [batchSize, ...sampleShape]),
      labels: targets.labels.subarray(from, to),
    };
  });
}

function byGroup(trainings: readonly Training[]): ReadonlyMap<string, readonly Training[]> {
  const groups = new Map<string, Training[]>();
  for (const training of trainings) groups.set(training.group, [...(groups.get(training.group) ?? []), training]);
  return groups;
}

/** The fingerprint that all members have after one epoch. */
async function rehearseAlike(group: string, members: readonly Training[]): Promise<string> {
  const fingerprints = new Map<string, string>();
  for (const training of members) {
    await training.rehearse();
    fingerprints.set(fingerprint(training), training.name);
  }
  const [[first] = ['']] = fingerprints;
  if (fingerprints.size <= 1) return first;
  throw new Error(`${group}: the same steps gave different parameters to ${[...fingerprints.values()].join(' and ')}.`);
}

/** The SHA-256 of all parameters in the model's order. */
function fingerprint({ group, name, parameters }: Training): string {
  const hash = createHash('sha256');
  for (const [parameter, { data }] of parameters()) {
    if (!data.every(Number.isFinite))
      throw new Error(`${group}, ${name}: parameter '${parameter}' is no longer finite.`);
    hash.update(data);
  }
  return hash.digest('hex');
}
