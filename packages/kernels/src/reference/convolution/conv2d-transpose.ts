// Transposed convolution in float64: the twin that tests compare the fast kernels with. The shape is that of the convolution whose input gradient
// it is: its input is that one's output.
import type { Conv2dShape } from '../../shapes.ts';
import { conv2d, conv2dInputGradient, conv2dWeightGradient } from './conv2d.ts';

/**
 * y[n, f, i·strideY − padTop + p·dilationY, j·strideX − padLeft + q·dilationX] = b[f] + the sum of w[c, f, p, q] · x[n, c, i, j] over
 * all c, i, j, p, q that meet there, where c and f are of one group.
 *
 * @param input (N, outChannels, outputHeight, outputWidth)
 * @param kernel (outChannels, inChannels / groups, kernelHeight, kernelWidth)
 * @param bias (inChannels); none is 0
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
 * ∂E/∂w: that of the convolution, whose input is ∂E/∂y and whose output gradient is x.
 *
 * @returns (outChannels, inChannels / groups, kernelHeight, kernelWidth)
 */
export const conv2dTransposeWeightGradient = (
  shape: Conv2dShape,
  batch: number,
  input: Float64Array,
  outputGradient: Float64Array,
): Float64Array => conv2dWeightGradient(shape, batch, outputGradient, input);

/** ∂E/∂b[f] = the sum of ∂E/∂y[n, f] over samples and pixels, of shape (inChannels). */
export function conv2dTransposeBiasGradient(
  { inChannels, height, width }: Conv2dShape,
  outputGradient: Float64Array,
): Float64Array {
  const biasGradient = new Float64Array(inChannels);
  outputGradient.forEach((gradient, i) => {
    biasGradient[Math.floor(i / (height * width)) % inChannels]! += gradient;
  });
  return biasGradient;
}
