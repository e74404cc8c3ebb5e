// The learning-rate range test of L. N. Smith, Cyclical Learning Rates for Training Neural Networks (2015): the rate rises from step to step
// until the loss diverges.
import type { Dataset } from '@convoy/datasets';
import { hyperparametersOf } from '@convoy/layers/compile';
import type { Augmentations } from './data-registry.ts';
import type { CheckedSearch, LearningRateSearch } from './learning-rate-search.ts';
import type { LoopParts } from './training-loop.ts';

/** Which rate is next, and what the losses so far tell. */
export class RangeTest {
  readonly #search: CheckedSearch;
  readonly #rates: number[] = [];
  readonly #losses: number[] = [];
  readonly #smoothed: number[] = [];
  #average = 0;
  #minimum = Number.POSITIVE_INFINITY;
  #hasEnded = false;

  constructor(search: CheckedSearch) {
    this.#search = search;
  }

  /** The rate of the next step; undefined when the test has ended. */
  get nextRate(): number | undefined {
    const { from, to, steps } = this.#search;
    const step = this.#rates.length;
    return this.#hasEnded || step === steps ? undefined : from * (to / from) ** (step / (steps - 1));
  }

  /** Takes the loss of the batch before the step with the next rate. */
  add(loss: number): void {
    const { smoothing, divergence } = this.#search;
    const rate = this.nextRate;
    if (rate === undefined || !Number.isFinite(loss)) {
      this.#hasEnded = true;
      return;
    }
    this.#average = smoothing * this.#average + (1 - smoothing) * loss;
    const smoothed = this.#average / (1 - smoothing ** (this.#rates.length + 1));
    this.#rates.push(rate);
    this.#losses.push(loss);
    this.#smoothed.push(smoothed);
    this.#minimum = Math.min(this.#minimum, smoothed);
    // The same as `smoothed > divergence * minimum`, but also right for losses below 0.
    this.#hasEnded = smoothed - this.#minimum > (divergence - 1) * Math.abs(this.#minimum);
  }

  get result(): LearningRateSearch {
    const rates = this.#rates;
    const steepest = steepestFall(this.#smoothed);
    return {
      rates,
      losses: this.#losses,
      smoothed: this.#smoothed,
      suggestion: steepest === undefined ? undefined : rates[steepest],
    };
  }
}

/**
 * The index at which the curve falls most from its left to its right neighbor, up to its minimum: a later fall only returns from a loss that
 * had diverged. The first tenth does not count, because averages of few batches are noisy.
 */
function steepestFall(curve: readonly number[]): number | undefined {
  const minimum = curve.indexOf(curve.reduce((least, loss) => Math.min(least, loss), Number.POSITIVE_INFINITY));
  let steepest: number | undefined;
  let greatestFall = 0;
  for (let i = Math.max(1, Math.floor(curve.length / 10)); i < Math.min(minimum + 1, curve.length - 1); i++) {
    const fall = (curve[i - 1] as number) - (curve[i + 1] as number);
    if (fall <= greatestFall) continue;
    greatestFall = fall;
    steepest = i;
  }
  return steepest;
}

/**
 * Trains with rising rates, in the order of the samples that the epoch has, then restores the memory.
 * @throws ConvoyError CONVOY_ABORTED, CONVOY_WORKER_FAILED
 */
export async function runRangeTest(
  { configuration, memory, segments }: Pick<LoopParts, 'configuration' | 'memory' | 'segments'>,
  train: Dataset,
  firstEpoch: number,
  search: CheckedSearch,
  augment: Augmentations,
  signal: AbortSignal | undefined,
): Promise<LearningRateSearch> {
  const { batchSize, optimizer } = configuration;
  const { type, settings } = optimizer;
  const batches = Math.ceil(train.length / batchSize);
  const test = new RangeTest(search);
  const before = memory.state();
  try {
    for (let step = 0, rate = test.nextRate; rate !== undefined; step++, rate = test.nextRate) {
      const ofStep = hyperparametersOf({ type, settings: { ...settings, learningRate: rate } }, memory.step);
      const epoch = firstEpoch + Math.floor(step / batches);
      const first = step % batches;
      memory.clearTotals();
      await segments.run(
        { kind: 'train', data: train, epoch, shuffle: true, augment, first, hyperparameters: [ofStep] },
        signal,
      );
      // A step whose loss is not finite is not committed: then no sample was counted.
      test.add(memory.scores()?.loss ?? Number.NaN);
    }
    return test.result;
  } finally {
    memory.restore(before);
  }
}
