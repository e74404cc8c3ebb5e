// What a trainer has to arrive at, computed on one thread: the same batches through the learner of `@convoy/layers`.
import type { Dataset, StoredDataset } from '@convoy/datasets';
import { createLearner, type Learner, type LearnerOptions, type Scores } from '@convoy/layers';
import { Permutation, sizeOf, Tensor } from '@convoy/tensor';

export interface Schedule {
  readonly epochs: number;
  /** How many came before; default 0. */
  readonly firstEpoch?: number;
  /** Default true, as in `fit`. */
  readonly shuffle?: boolean;
}

/** A batch that was learned from, with its scores before the step. */
export interface LearnedBatch {
  readonly samples: number;
  readonly scores: Scores;
}

/** Trains step by step in the trainer's order of the samples; the learner is changed between two results. */
export function* learn(
  learner: Learner,
  { batchSize, accumulate = 1, seed = 0 }: LearnerOptions,
  data: StoredDataset,
  { epochs, firstEpoch = 0, shuffle = true }: Schedule,
): Generator<LearnedBatch> {
  const { length } = data;
  const step = batchSize * accumulate;
  for (let epoch = firstEpoch; epoch < firstEpoch + epochs; epoch++) {
    const order = new Permutation(seed, 'shuffle', epoch, length);
    for (let first = 0; first < length; first += step) {
      const samples = Math.min(step, length - first);
      const picked = Array.from({ length: samples }, (_, i) => (shuffle ? order.at(first + i) : first + i));
      yield { samples, scores: learner.train(inputsOf(data, picked), targetsOf(data, picked)) };
    }
  }
}

/** A learner after all epochs. */
export function learned(options: LearnerOptions, data: StoredDataset, schedule: Schedule): Learner {
  const learner = createLearner(options);
  for (const _ of learn(learner, options, data, schedule));
  return learner;
}

/** A learner after a number of steps. */
export function learnedFor(steps: number, options: LearnerOptions, data: StoredDataset, shuffle = true): Learner {
  const learner = createLearner(options);
  const batches = learn(learner, options, data, { epochs: Number.POSITIVE_INFINITY, shuffle });
  while (learner.step < steps) batches.next();
  return learner;
}

const everySample = (data: StoredDataset) => Array.from({ length: data.length }, (_, i) => i);

/** Samples as the model sees them, (picked, ...sampleShape): normalised in float32, rounded after the product and after the sum. */
export function inputsOf(data: StoredDataset, picked: readonly number[] = everySample(data)): Tensor {
  const { sampleShape, source, normalization } = data;
  const { samples, rows } = source;
  const size = sizeOf(sampleShape);
  const scale = Float32Array.from(normalization.scale);
  const offset = Float32Array.from(normalization.offset);
  const area = size / scale.length;
  const seen = new Float32Array(picked.length * size);
  for (const [row, sample] of picked.entries()) {
    for (let i = 0; i < size; i++) {
      const channel = Math.floor(i / area);
      const product = Math.fround(
        (samples[(rows?.[sample] ?? sample) * size + i] as number) * (scale[channel] as number),
      );
      seen[row * size + i] = product + (offset[channel] as number);
    }
  }
  return new Tensor(seen, [picked.length, ...sampleShape]);
}

/** Labels or values, one sample after the other. */
export function targetsOf({ targets }: Dataset, picked: readonly number[]): number[] {
  const numbers = targets.kind === 'labels' ? targets.labels : targets.values;
  const size = sizeOf(targets.shape);
  return picked.flatMap((sample) => [...numbers.subarray(sample * size, (sample + 1) * size)]);
}
