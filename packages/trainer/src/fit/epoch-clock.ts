// Measures an epoch while it is trained.
import type { TrainingMemory } from '../shared/training-memory.ts';
import type { Progress } from './callback.ts';

/** What the clock has to know about the epoch. */
export interface ClockedEpoch {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Samples of an epoch. */
  readonly samples: number;
  readonly batchSize: number;
  /** Seconds of training of all epochs before this one. */
  readonly secondsBefore: number;
  /** Seconds that this epoch took before it was resumed. */
  readonly secondsResumed: number;
}

export class EpochClock {
  readonly #epoch: ClockedEpoch;
  readonly #memory: TrainingMemory;
  readonly #start: number;
  #end: number | undefined;

  constructor(epoch: ClockedEpoch, memory: TrainingMemory) {
    this.#epoch = epoch;
    this.#memory = memory;
    this.#start = performance.now() - epoch.secondsResumed * 1000;
  }

  /** Ends the measurement: the time of validation does not count. */
  stop(): void {
    this.#end = performance.now();
  }

  get seconds(): number {
    return ((this.#end ?? performance.now()) - this.#start) / 1000;
  }

  progress(): Progress {
    const { epoch, epochs, samples: samplesOfEpoch, batchSize, secondsBefore } = this.#epoch;
    const { samples } = this.#memory;
    const { seconds } = this;
    const samplesBefore = (epoch - 1) * samplesOfEpoch;
    const samplesLeft = epochs * samplesOfEpoch - samplesBefore - samples;
    const samplesPerSecond = (samplesBefore + samples) / (secondsBefore + seconds);
    return {
      epoch,
      epochs,
      step: Math.ceil(samples / batchSize),
      steps: Math.ceil(samplesOfEpoch / batchSize),
      scores: this.#memory.scores(),
      samplesPerSecond: samples / seconds,
      secondsLeft: samples === 0 ? undefined : samplesLeft / samplesPerSecond,
    };
  }
}
