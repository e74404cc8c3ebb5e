// Scores and outputs of a data set: taken in pieces, so that a failure repeats one of them, and several failures do not add up.
import { type Dataset, subset } from '@convoy/datasets';
import type { Scores } from '@convoy/layers';
import { activeShards, sumOfScore } from '@convoy/layers/runtime';
import { sizeOf, Tensor } from '@convoy/tensor';
import { SCORED_SHARDS } from '../shared/memory-layout.ts';
import type { LoopParts } from './training-loop.ts';

/** Samples of a piece: some 0.1 s of work where blocks are short. */
const PREDICTION_SAMPLES = 32_768;

export class Evaluation {
  readonly #parts: Omit<LoopParts, 'module'>;

  constructor(parts: Omit<LoopParts, 'module'>) {
    this.#parts = parts;
  }

  /**
   * Means over all samples.
   * @param weights which array of the state stands for the parameters
   */
  async evaluate(dataset: Dataset, signal: AbortSignal | undefined, weights = 0): Promise<Scores> {
    const { sharding, plan, memory, data, segments } = this.#parts;
    const { batchSize, shards } = sharding;
    const batches = Math.ceil(dataset.length / batchSize);
    // A batch is never divided.
    const most = Math.max(1, Math.floor(SCORED_SHARDS / shards));
    const floats = new Float32Array(memory.memory.buffer);
    const sums = plan.scores.map(() => 0);
    for (let first = 0; first < batches; first += most) {
      const count = Math.min(most, batches - first);
      await this.#persist(async () => {
        const id = await data.idOf(dataset);
        await segments.run({ kind: 'evaluate', data: id, weights, first, count }, signal);
      });
      for (let batch = 0; batch < count; batch++) {
        const samples = Math.min(batchSize, dataset.length - (first + batch) * batchSize);
        const active = activeShards(sharding, samples);
        for (const [i, sum] of sums.entries()) {
          const score = sumOfScore(floats, plan, memory.layout, i, batch * shards, active);
          // The loss of a batch is a mean over its samples, metrics are sums.
          sums[i] = sum + score * (i === 0 ? samples : 1);
        }
      }
    }
    const means = plan.scores.map((name, i) => [name, (sums[i] as number) / dataset.length]);
    return Object.fromEntries(means) as Scores;
  }

  /** (length, ...output) */
  async predict(dataset: Dataset, signal: AbortSignal | undefined, weights: number): Promise<Tensor> {
    const { plan, data, segments } = this.#parts;
    const { length } = dataset;
    const size = sizeOf(plan.output);
    const outputs = new Float32Array(new SharedArrayBuffer(length * size * Float32Array.BYTES_PER_ELEMENT));
    for (let first = 0; first < length; first += PREDICTION_SAMPLES) {
      const end = Math.min(length, first + PREDICTION_SAMPLES);
      const piece = end - first === length ? dataset : subset(dataset, first, end);
      await this.#persist(async () => {
        const id = await data.idOf(piece);
        const part = outputs.subarray(first * size, end * size);
        await segments.run({ kind: 'predict', data: id, weights, outputs: part }, signal);
      });
    }
    return new Tensor(outputs, [length, ...plan.output]);
  }

  /** Each piece has all of the trainer's patience: nothing counts as done before its end. */
  #persist(attempt: () => Promise<void>): Promise<void> {
    return this.#parts.segments.persist(attempt, () => 0);
  }
}
