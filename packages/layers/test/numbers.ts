// Numbers for tests: the same in every run, and exact as float32.
import { Permutation, RandomStream, type Shape, sizeOf, Tensor } from '@convoy/tensor';

/** Uniformly distributed over (−1, 1). */
export function randomNumbers(length: number, purpose: string): Float64Array {
  const random = new RandomStream(0, purpose);
  return Float64Array.from({ length }, (_, i) => Math.fround(2 * random.uniform(i) - 1));
}

/**
 * Samples over (−1, 1] whose numbers are at least 2 / size apart, and at least 1 / size from 0: far from the kinks of activations and from ties in
 * pooling windows.
 */
export function samplesAwayFromKinks(samples: number, shape: Shape, purpose: string): Float64Array {
  const size = sizeOf(shape);
  const numbers = new Float64Array(samples * size);
  for (let sample = 0; sample < samples; sample++) {
    const ranks = new Permutation(0, purpose, sample, size);
    for (let i = 0; i < size; i++) {
      numbers[sample * size + i] = Math.fround((2 * (ranks.at(i) - Math.floor(size / 2)) + 1) / size);
    }
  }
  return numbers;
}

export const tensorOf = (numbers: ArrayLike<number>, shape: Shape): Tensor =>
  new Tensor(Float32Array.from(numbers), shape);
