// Measures an epoch while it is trained.
import type { Progress } from './callback.ts';
import type { FitContext } from './fit-context.ts';

export class EpochWatch {
  readonly #epoch: number;
  readonly #epochs: number;
  readonly #length: number;
  readonly #secondsBefore: number;
  readonly #context: FitContext;
  readonly #start: number;

  /** @param secondsOfEpoch what the epoch has taken before it was resumed */
  constructor(
    epoch: number,
    epochs: number,
    length: number,
    secondsBefore: number,
    secondsOfEpoch: number,
    context: FitContext,
  ) {
    this.#epoch = epoch;
    this.#epochs = epochs;
    this.#length = length;
    this.#secondsBefore = secondsBefore;
    this.#start = performance.now() - secondsOfEpoch * 1000;
    this.#context = context;
  }

  seconds(): number {
    return (performance.now() - this.#start) / 1000;
  }

  progress(): Progress {
    const { memory, batchSize } = this.#context;
    const { samples } = memory;
    const seconds = this.seconds();
    const samplesBefore = (this.#epoch - 1) * this.#length;
    const samplesLeft = this.#epochs * this.#length - samplesBefore - samples;
    const perSecond = (samplesBefore + samples) / (this.#secondsBefore + seconds);
    return {
      epoch: this.#epoch,
      epochs: this.#epochs,
      step: Math.ceil(samples / batchSize),
      steps: Math.ceil(this.#length / batchSize),
      scores: memory.scores(),
      samplesPerSecond: samples / seconds,
      secondsLeft: samples === 0 ? undefined : samplesLeft / perSecond,
    };
  }
}
