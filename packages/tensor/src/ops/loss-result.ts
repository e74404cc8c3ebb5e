// What losses return, and the weight of a sample in them.
import type { Tensor } from '../tensor.ts';

export interface LossResult {
  /** The mean over the samples. */
  readonly loss: number;
  /** ∂loss by the first operand, of its shape. */
  readonly gradient: Tensor;
}

/** Weights that make the sum over samples their mean. */
export const meanWeights = (count: number): Float32Array => new Float32Array(count).fill(1 / count);
