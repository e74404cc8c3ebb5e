// Transposed convolution and its input gradient. The shape is that of the convolution whose input gradient it is: x lies where that one has its
// output, y where it has its input. The gradient of the kernel is `conv2dWeightGradient` with ∂E/∂y as the input and x as the output gradient.
import { kernel, scalars } from '../../language/kernel-builder.ts';
import type { Kernel } from '../../language/statement.ts';
import { load, loadScalar, splat } from '../../language/value.ts';
import type { Conv2dShape } from '../../shapes.ts';
import { type Activation, type ForwardOptions, identity } from '../activations/activation.ts';
import { outputCells, storeInputSums, storeOutputSums } from './conv2d-sums.ts';

/**
 * y = f(bias + Σ w · x) over the windows that contain y. Sums in the order bias, input channel, kernel row, kernel column (of each cell's
 * phase).
 *
 * Arguments: x cells (outChannels, outputHeight, outputWidth), w OIHW, bias (inChannels; if there is one), y cells (inChannels, height, width).
 */
export function conv2dTranspose(
  shape: Conv2dShape,
  { activation = identity, useBias = true }: ForwardOptions = {},
): Kernel {
  const parameters = { x: 'f32[]', w: 'f32[]', bias: useBias ? 'f32[]' : undefined, y: 'f32[]' } as const;
  return kernel('conv2dTranspose', parameters, (k, { x, w, bias, y }) => {
    const biases = bias && scalars(bias, [shape.inChannels]);
    storeInputSums(
      k,
      shape,
      { y: x, w, x: y },
      {
        start: (channel) => splat(biases ? loadScalar(biases(channel)) : 0),
        finish: (sum) => activation.forward(k, sum),
      },
    );
  });
}

/**
 * ∂E/∂x = Σ w · ∂E/∂y, then through the activation that made x. Sums in the order output channel, kernel row, kernel column.
 *
 * Arguments: dy cells as y, w OIHW, x cells (for the activation alone), dx cells as x.
 */
export function conv2dTransposeInputGradient(shape: Conv2dShape, activation: Activation = identity): Kernel {
  const parameters = { dy: 'f32[]', w: 'f32[]', x: 'f32[]', dx: 'f32[]' } as const;
  return kernel('conv2dTransposeInputGradient', parameters, (k, { dy, w, x, dx }) => {
    const input = outputCells(shape, x);
    storeOutputSums(
      k,
      shape,
      { x: dy, w, y: dx },
      { start: () => splat(0), finish: (sum, cell) => activation.backward(k, sum, load(input(...cell))) },
    );
  });
}
