// Numbers for tests: the same on every run, exact as float32.
import { Permutation, RandomStream, type Shape, sizeOf, Tensor } from '@convoy/tensor';

/** Uniform over (−1, 1). */
export function randomNumbers(length: number, purpose: string): Float64Array {
  const random = new RandomStream(0, purpose);
  return Float64Array.from({ length }, (_, i) => Math.fround(2 * random.uniform(i) - 1));
}

/**
 * Samples over (−1, 1] whose numbers lie at least 2 / size from each other and half of that from 0: no kink of an activation and no tie of a
 * pooling is near.
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
