// Scores and outputs of a data set: taken in pieces, so that a failure repeats one of them, and several failures do not add up.
import { type Dataset, subset } from '@convoy/datasets';
import type { Scores } from '@convoy/layers';
import { sizeOf, Tensor } from '@convoy/tensor';
import type { LoopParts } from './training-loop.ts';

/** Batches and samples of a piece: some 0.1 s of work where steps are short, against 1 ms for handing it out. A batch is never divided. */
const EVALUATION_BATCHES = 256;
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
    const batches = Math.ceil(dataset.length / sharding.batchSize);
    const sums = plan.statistics.map(() => 0);
    for (let first = 0; first < batches; first += EVALUATION_BATCHES) {
      const count = Math.min(EVALUATION_BATCHES, batches - first);
      await this.#persist(async () => {
        const id = await data.idOf(dataset);
        memory.clearTotals();
        await segments.run({ kind: 'evaluate', data: id, weights, first, count }, signal);
      });
      const [, ...totals] = memory.totals();
      for (const [i, total] of totals.entries()) sums[i] = (sums[i] as number) + total;
    }
    const means = plan.statistics.map((name, i) => [name, (sums[i] as number) / dataset.length]);
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
