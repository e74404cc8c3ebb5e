// Reference of the fully connected layer in float64.
import type { DenseShape } from '../../shapes.ts';
import { channelSums } from '../convolution/channel-sums.ts';

/**
 * y = x·Wᵀ + b: y[n,o] = b[o] + Σi W[o,i] · x[n,i].
 *
 * @param input (N, inFeatures)
 * @param weight (outFeatures, inFeatures)
 * @param bias (outFeatures); 0 if it is missing
 * @returns (N, outFeatures)
 */
export function dense(
  shape: DenseShape,
  batch: number,
  input: Float64Array,
  weight: Float64Array,
  bias?: Float64Array,
): Float64Array {
  const { inFeatures, outFeatures } = shape;
  const output = new Float64Array(batch * outFeatures);
  for (let n = 0; n < batch; n++) {
    for (let o = 0; o < outFeatures; o++) {
      let sum = bias ? bias[o]! : 0;
      for (let i = 0; i < inFeatures; i++) sum += weight[o * inFeatures + i]! * input[n * inFeatures + i]!;
      output[n * outFeatures + o] = sum;
    }
  }
  return output;
}

/**
 * ∂E/∂x = ∂E/∂y·W: ∂E/∂x[n,i] = Σo W[o,i] · ∂E/∂y[n,o].
 *
 * @param outputGradient (N, outFeatures)
 * @returns (N, inFeatures)
 */
export function denseInputGradient(
  shape: DenseShape,
  batch: number,
  weight: Float64Array,
  outputGradient: Float64Array,
): Float64Array {
  const { inFeatures, outFeatures } = shape;
  const inputGradient = new Float64Array(batch * inFeatures);
  for (let n = 0; n < batch; n++) {
    for (let o = 0; o < outFeatures; o++) {
      for (let i = 0; i < inFeatures; i++) {
        inputGradient[n * inFeatures + i]! += weight[o * inFeatures + i]! * outputGradient[n * outFeatures + o]!;
      }
    }
  }
  return inputGradient;
}

/**
 * ∂E/∂W = (∂E/∂y)ᵀ·x: ∂E/∂W[o,i] = Σn ∂E/∂y[n,o] · x[n,i].
 *
 * @returns (outFeatures, inFeatures)
 */
export function denseWeightGradient(
  shape: DenseShape,
  batch: number,
  input: Float64Array,
  outputGradient: Float64Array,
): Float64Array {
  const { inFeatures, outFeatures } = shape;
  const weightGradient = new Float64Array(outFeatures * inFeatures);
  for (let n = 0; n < batch; n++) {
    for (let o = 0; o < outFeatures; o++) {
      for (let i = 0; i < inFeatures; i++) {
        weightGradient[o * inFeatures + i]! += outputGradient[n * outFeatures + o]! * input[n * inFeatures + i]!;
      }
    }
  }
  return weightGradient;
}

/** ∂E/∂b[o] = Σn ∂E/∂y[n,o], with the shape (outFeatures). */
export const denseBiasGradient = ({ outFeatures }: DenseShape, outputGradient: Float64Array): Float64Array =>
  channelSums({ channels: outFeatures, area: 1 }, outputGradient);
