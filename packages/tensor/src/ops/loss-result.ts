// The result of a loss, and the weights of samples in it.
import type { Tensor } from '../tensor.ts';

/** The result of a loss. */
export interface LossResult {
  /** The mean over the samples. */
  readonly loss: number;
  /** The gradient of the loss with respect to the first operand, with the shape of that operand. */
  readonly gradient: Tensor;
}

/** Sample weights that make the sum over the samples their mean. */
export const meanWeights = (count: number): Float32Array => new Float32Array(count).fill(1 / count);
