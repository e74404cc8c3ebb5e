// Convolution in float64, as the formula says it: the twin that tests compare the fast kernels with. Not made for speed.
import { type Conv2dShape, outputHeight, outputWidth } from '../../shapes.ts';

/**
 * Convolution, that is cross-correlation as in every deep-learning library:
 * y[n,f,i,j] = b[f] + Σc Σp Σq w[f,c,p,q] · x[n, c₀ + c, row, column]
 * with row = i·strideY − padTop + p·dilationY, column = j·strideX − padLeft + q·dilationX, c₀ the first input channel of
 * f's group, and x = 0 in the padding.
 *
 * @param input (N, inChannels, height, width)
 * @param kernel (outChannels, inChannels / groups, kernelHeight, kernelWidth)
 * @param bias (outChannels); none is 0
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
 * ∂E/∂x[n,c₀+c,row,column] = Σ w[f,c,p,q] · ∂E/∂y[n,f,i,j] over all f, p, q, i, j that meet at this row and column.
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

/** ∂E/∂b[f] = Σn Σi Σj ∂E/∂y[n,f,i,j], of shape (outChannels). */
export function conv2dBiasGradient(shape: Conv2dShape, batch: number, outputGradient: Float64Array): Float64Array {
  const area = outputHeight(shape) * outputWidth(shape);
  const biasGradient = new Float64Array(shape.outChannels);
  for (let i = 0; i < batch * shape.outChannels * area; i++) {
    biasGradient[Math.floor(i / area) % shape.outChannels]! += outputGradient[i]!;
  }
  return biasGradient;
}

/**
 * A convolution is a sum of products w·x for each y. This visits every one of them outside the padding, as flat indices
 * into output, kernel and input; forward and both gradients differ only in which of the three they add to.
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
