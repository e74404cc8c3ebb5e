// Transposed convolution and its input gradient. `shape` is the convolution whose input gradient the transposed
// convolution is: x has the shape of its output, y the shape of its input. The weight gradient is
// `conv2dWeightGradient` with ∂E/∂y as the input and x as the output gradient.
import { load, loadScalar, splat } from '../../language/floats.ts';
import { kernel } from '../../language/kernel-builder.ts';
import { scalars } from '../../language/operands.ts';
import type { Conv2dShape } from '../../shapes.ts';
import { type Activation, derivativeOperand, type ForwardOptions, identity } from '../activations/activation.ts';
import { inputCells, outputCells, storeInputSums, storeOutputSums, weights } from './conv2d-sums.ts';

/**
 * y = f(bias + Σ w · x) over the windows that contain y. The order of the sum is bias, input channel, kernel row,
 * kernel column (those of the stride phase of the cell).
 */
export function conv2dTranspose(shape: Conv2dShape, { activation = identity, useBias = true }: ForwardOptions = {}) {
  const operands = {
    x: outputCells(shape),
    w: weights(shape),
    bias: useBias ? scalars(shape.inChannels) : undefined,
    y: inputCells(shape),
  };
  return kernel('conv2dTranspose', operands, (k, { x, w, bias, y }) => {
    storeInputSums(
      k,
      shape,
      { y: x, w, x: y },
      {
        start: (channel) => splat(bias ? loadScalar(bias(channel)) : 0),
        finish: (sum) => activation.forward(k, sum),
      },
    );
  });
}

/**
 * ∂E/∂x = Σ w · ∂E/∂y, times the derivative of the activation that made x. The order of the sum is output channel,
 * kernel row, kernel column.
 */
export function conv2dTransposeInputGradient(shape: Conv2dShape, activation: Activation = identity) {
  const x = derivativeOperand(activation, outputCells(shape));
  const operands = { dy: inputCells(shape), w: weights(shape), x, dx: outputCells(shape) };
  return kernel('conv2dTransposeInputGradient', operands, (k, { dy, w, x, dx }) => {
    storeOutputSums(
      k,
      shape,
      { x: dy, w, y: dx },
      { start: () => splat(0), finish: (sum, cell) => (x ? activation.backward(k, sum, load(x(...cell))) : sum) },
    );
  });
}
