// The random choices of a call: a function of the seed and the number of the call, so that a call can be repeated alone.
import { RandomStream } from '@convoy/tensor';

export class Choices {
  readonly #stream: RandomStream;
  #draws = 0;

  constructor(seed: number, call: number) {
    this.#stream = new RandomStream(seed, `call ${call}`);
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    return Math.floor(this.#stream.uniform(this.#draws++) * limit);
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}
