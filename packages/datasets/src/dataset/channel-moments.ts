// Mean and standard deviation of each channel of samples, in float64.
import { type Shape, sizeOf } from '@convoy/tensor';

/**
 * Takes in one sample after the other. Deviations are from the mean of a sample, and are merged with those before (T.
 * Chan, G. Golub, R. LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances", 1979), so
 * nothing cancels, however large the mean is.
 */
export class ChannelMoments {
  readonly #channels: number;
  /** The numbers of a channel of a sample. */
  readonly #size: number;
  readonly #means: Float64Array;
  readonly #squares: Float64Array;
  #samples = 0;

  /** @param sampleShape [channels, ...] */
  constructor(sampleShape: Shape) {
    const [channels = 1, ...rest] = sampleShape;
    this.#channels = channels;
    this.#size = sizeOf(rest);
    this.#means = new Float64Array(channels);
    this.#squares = new Float64Array(channels);
  }

  add(sample: ArrayLike<number>): void {
    const size = this.#size;
    const count = ++this.#samples;
    for (let channel = 0; channel < this.#channels; channel++) {
      const first = channel * size;
      let sum = 0;
      for (let i = 0; i < size; i++) sum += sample[first + i] as number;
      const mean = sum / size;
      let squares = 0;
      for (let i = 0; i < size; i++) squares += ((sample[first + i] as number) - mean) ** 2;
      const delta = mean - (this.#means[channel] as number);
      this.#means[channel] = (this.#means[channel] as number) + delta / count;
      this.#squares[channel] = (this.#squares[channel] as number) + squares + (delta ** 2 * size * (count - 1)) / count;
    }
  }

  /** (channels) */
  get mean(): number[] {
    return [...this.#means];
  }

  /** (channels): the square root of the mean squared deviation. */
  get std(): number[] {
    return Array.from(this.#squares, (squares) => Math.sqrt(squares / (this.#samples * this.#size)));
  }
}
