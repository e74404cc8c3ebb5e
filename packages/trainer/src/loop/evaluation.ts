// Scores and outputs of a data set. They are computed in pieces: a failure repeats one piece only, and failures in different pieces are not
// counted together.
import type { Dataset } from '@convoy/datasets';
import type { Scores } from '@convoy/layers';
import { activeShards, sumOfScore } from '@convoy/layers/runtime';
import { sizeOf, Tensor } from '@convoy/tensor';
import { createSharedBuffer } from '@convoy/tensor/memory';
import { dropShared } from '../shared/dropped-memory.ts';
import { SCORED_SHARDS } from '../shared/memory-layout.ts';
import type { LoopParts } from './training-loop.ts';

/** Samples of a piece of a prediction: about 0.1 s of work for a small model. */
const PREDICTION_SAMPLES = 32_768;

export class Evaluation {
  readonly #parts: Pick<LoopParts, 'sharding' | 'plan' | 'memory' | 'segments'>;

  constructor(parts: Pick<LoopParts, 'sharding' | 'plan' | 'memory' | 'segments'>) {
    this.#parts = parts;
  }

  /**
   * The means of the scores over all samples.
   * @param weights the number of the array of the training state that holds the weights; see `stateArrayOf`
   * @throws ConvoyError CONVOY_ABORTED, CONVOY_WORKER_FAILED
   */
  async evaluate(dataset: Dataset, weights: number, signal: AbortSignal | undefined): Promise<Scores> {
    const { sharding, plan, memory, segments } = this.#parts;
    const { batchSize, shards } = sharding;
    const batches = Math.ceil(dataset.length / batchSize);
    const longest = await this.#longestPiece(dataset, signal);
    // A batch is never divided.
    const batchesOfPiece = Math.max(1, Math.min(Math.floor(SCORED_SHARDS / shards), Math.floor(longest / batchSize)));
    const floats = new Float32Array(memory.memory.buffer);
    const sums = plan.scores.map(() => 0);
    for (let first = 0; first < batches; first += batchesOfPiece) {
      const count = Math.min(batchesOfPiece, batches - first);
      await segments.run({ kind: 'evaluate', data: dataset, weights, first, count }, signal);
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

  /**
   * @param weights as in `evaluate`
   * @returns (length, ...output)
   * @throws ConvoyError as `evaluate`; CONVOY_OUT_OF_MEMORY
   */
  async predict(dataset: Dataset, weights: number, signal: AbortSignal | undefined): Promise<Tensor> {
    const { plan, segments } = this.#parts;
    const { length } = dataset;
    const size = sizeOf(plan.output);
    const bytes = length * size * Float32Array.BYTES_PER_ELEMENT;
    // The outputs of earlier predictions may have been dropped.
    dropShared(bytes);
    const buffer = createSharedBuffer({
      what: `the outputs of ${length} samples`,
      bytes,
      fix: 'Predict fewer samples at once, or take a machine with more memory.',
    });
    const outputs = new Float32Array(buffer);
    const piece = Math.min(PREDICTION_SAMPLES, await this.#longestPiece(dataset, signal));
    for (let first = 0; first < length; first += piece) {
      const count = Math.min(piece, length - first);
      const ofPiece = outputs.subarray(first * size, (first + count) * size);
      await segments.run({ kind: 'predict', data: dataset, weights, first, count, outputs: ofPiece }, signal);
    }
    return new Tensor(outputs, [length, ...plan.output]);
  }

  /** How many samples can be in memory for a piece. */
  async #longestPiece(dataset: Dataset, signal: AbortSignal | undefined): Promise<number> {
    const opened = await this.#parts.segments.open(dataset, signal);
    return opened.kind === 'stream' ? opened.stream.longestPiece : Number.POSITIVE_INFINITY;
  }
}
