// Reference of transposed convolution in float64. The shape is the shape of the convolution whose input gradient it is:
// the input has the shape of the output of that convolution.
import type { Conv2dShape } from '../../shapes.ts';
import { channelSums } from './channel-sums.ts';
import { conv2d, conv2dInputGradient, conv2dWeightGradient } from './conv2d.ts';

/**
 * y[n, f, i·strideY − padTop + p·dilationY, j·strideX − padLeft + q·dilationX] = b[f] + Σ w[c, f, p, q] · x[n, c, i, j]
 * over all c, i, j, p, q with this row and column, where c and f belong to the same group.
 *
 * @param input (N, outChannels, outputHeight, outputWidth)
 * @param kernel (outChannels, inChannels / groups, kernelHeight, kernelWidth)
 * @param bias (inChannels); 0 if it is missing
 * @returns (N, inChannels, height, width)
 */
export function conv2dTranspose(
  shape: Conv2dShape,
  batch: number,
  input: Float64Array,
  kernel: Float64Array,
  bias?: Float64Array,
): Float64Array {
  const output = conv2dInputGradient(shape, batch, kernel, input);
  const area = shape.height * shape.width;
  return bias ? output.map((y, i) => y + bias[Math.floor(i / area) % shape.inChannels]!) : output;
}

/**
 * ∂E/∂x: the convolution of ∂E/∂y.
 *
 * @param outputGradient (N, inChannels, height, width)
 * @returns (N, outChannels, outputHeight, outputWidth)
 */
export const conv2dTransposeInputGradient = (
  shape: Conv2dShape,
  batch: number,
  kernel: Float64Array,
  outputGradient: Float64Array,
): Float64Array => conv2d(shape, batch, outputGradient, kernel);

/**
 * ∂E/∂w: the weight gradient of the convolution, with the input ∂E/∂y and the output gradient x.
 *
 * @returns (outChannels, inChannels / groups, kernelHeight, kernelWidth)
 */
export const conv2dTransposeWeightGradient = (
  shape: Conv2dShape,
  batch: number,
  input: Float64Array,
  outputGradient: Float64Array,
): Float64Array => conv2dWeightGradient(shape, batch, outputGradient, input);

/** ∂E/∂b[f] = Σ ∂E/∂y[n, f] over samples and pixels, with the shape (inChannels). */
export const conv2dTransposeBiasGradient = (
  { inChannels, height, width }: Conv2dShape,
  outputGradient: Float64Array,
): Float64Array => channelSums({ channels: inChannels, area: height * width }, outputGradient);
