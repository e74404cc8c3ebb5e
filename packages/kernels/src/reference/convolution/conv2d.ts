// Reference of convolution in float64, written like the formula and not for speed.
import { type Conv2dShape, outputHeight, outputWidth } from '../../shapes.ts';
import { channelSums } from './channel-sums.ts';

/**
 * Convolution, which is cross-correlation as in all deep-learning libraries:
 * y[n,f,i,j] = b[f] + Σc Σp Σq w[f,c,p,q] · x[n, c₀ + c, row, column]
 * with row = i·strideY − padTop + p·dilationY, column = j·strideX − padLeft + q·dilationX, the first input channel c₀
 * of the group of f, and x = 0 in the padding.
 *
 * @param input (N, inChannels, height, width)
 * @param kernel (outChannels, inChannels / groups, kernelHeight, kernelWidth)
 * @param bias (outChannels); 0 if it is missing
 * @returns (N, outChannels, outputHeight, outputWidth)
 */
export function conv2d(
  shape: Conv2dShape,
  batch: number,
  input: Float64Array,
  kernel: Float64Array,
  bias?: Float64Array,
): Float64Array {
  const area = outputHeight(shape) * outputWidth(shape);
  const output = new Float64Array(batch * shape.outChannels * area);
  if (bias) {
    for (let i = 0; i < output.length; i++) output[i] = bias[Math.floor(i / area) % shape.outChannels]!;
  }
  forEachProduct(shape, batch, (y, w, x) => {
    output[y]! += kernel[w]! * input[x]!;
  });
  return output;
}

/**
 * ∂E/∂x[n,c₀+c,row,column] = Σ w[f,c,p,q] · ∂E/∂y[n,f,i,j] over all f, p, q, i, j that have this row and column.
 * With stride 1 this is the full correlation of ∂E/∂y with the flipped kernel.
 *
 * @param outputGradient (N, outChannels, outputHeight, outputWidth)
 * @returns (N, inChannels, height, width)
 */
export function conv2dInputGradient(
  shape: Conv2dShape,
  batch: number,
  kernel: Float64Array,
  outputGradient: Float64Array,
): Float64Array {
  const inputGradient = new Float64Array(batch * shape.inChannels * shape.height * shape.width);
  forEachProduct(shape, batch, (y, w, x) => {
    inputGradient[x]! += kernel[w]! * outputGradient[y]!;
  });
  return inputGradient;
}

/**
 * ∂E/∂w[f,c,p,q] = Σn Σi Σj ∂E/∂y[n,f,i,j] · x[n, c₀ + c, row, column], with row and column as in {@link conv2d}.
 *
 * @returns (outChannels, inChannels / groups, kernelHeight, kernelWidth)
 */
export function conv2dWeightGradient(
  shape: Conv2dShape,
  batch: number,
  input: Float64Array,
  outputGradient: Float64Array,
): Float64Array {
  const { outChannels, inChannels, groups, kernelHeight, kernelWidth } = shape;
  const weightGradient = new Float64Array(outChannels * (inChannels / groups) * kernelHeight * kernelWidth);
  forEachProduct(shape, batch, (y, w, x) => {
    weightGradient[w]! += input[x]! * outputGradient[y]!;
  });
  return weightGradient;
}

/** ∂E/∂b[f] = Σn Σi Σj ∂E/∂y[n,f,i,j], with the shape (outChannels). */
export const conv2dBiasGradient = (shape: Conv2dShape, outputGradient: Float64Array): Float64Array =>
  channelSums({ channels: shape.outChannels, area: outputHeight(shape) * outputWidth(shape) }, outputGradient);

/**
 * Each y of a convolution is a sum of products w·x. This visits all products outside the padding, with flat indices
 * into output, kernel and input. Forward and both gradients differ only in the array to which they add.
 */
function forEachProduct(shape: Conv2dShape, batch: number, visit: (y: number, w: number, x: number) => void): void {
  const { inChannels, outChannels, groups, height, width, kernelHeight, kernelWidth } = shape;
  const groupInChannels = inChannels / groups;
  const groupOutChannels = outChannels / groups;
  let y = 0;
  for (let n = 0; n < batch; n++) {
    for (let f = 0; f < outChannels; f++) {
      const firstChannel = Math.floor(f / groupOutChannels) * groupInChannels;
      for (let i = 0; i < outputHeight(shape); i++) {
        for (let j = 0; j < outputWidth(shape); j++, y++) {
          for (let c = 0; c < groupInChannels; c++) {
            for (let p = 0; p < kernelHeight; p++) {
              for (let q = 0; q < kernelWidth; q++) {
                const row = i * shape.strideY - shape.padTop + p * shape.dilationY;
                const column = j * shape.strideX - shape.padLeft + q * shape.dilationX;
                if (row < 0 || row >= height || column < 0 || column >= width) continue;
                const w = ((f * groupInChannels + c) * kernelHeight + p) * kernelWidth + q;
                const x = ((n * inChannels + firstChannel + c) * height + row) * width + column;
                visit(y, w, x);
              }
            }
          }
        }
      }
    }
  }
}
