// What the random numbers of a sample depend on.
import { RandomStream } from '@convoy/tensor/random';

/** The sample that is augmented, and the epoch. One per thread. */
export class SampleKey {
  epoch = 0;
  /** The number of the sample in the data set. */
  sample = 0;
  /** Operation `n` draws from substream `n`. */
  readonly random = new RandomStream(0, '');
  readonly #samples: RandomStream;

  constructor(seed: number) {
    this.#samples = new RandomStream(seed, 'augment');
  }

  /** Begins with a sample. Allocates nothing. */
  enter(epoch: number, sample: number): void {
    this.epoch = epoch;
    this.sample = sample;
    this.#samples.enterEpoch(epoch);
    this.random.enterSubstream(this.#samples, sample);
  }
}
