// Activations and their gradients, element by element on tensors of any shape. Gradients take the output y of the
// activation, of which the derivative is a function, and not its input.
import {
  type Activation,
  LANES,
  pointwise,
  pointwiseGradient,
  relu as reluActivation,
  sigmoid as sigmoidActivation,
  tanh as tanhActivation,
} from '@convoy/kernels';
import { Tensor } from '../tensor.ts';
import { engine } from './engine.ts';
import { expectShape } from './operands.ts';
import { shared } from './routine.ts';

/** y = max(x, 0), which keeps NaN. */
export const relu = (x: Tensor): Tensor => apply(reluActivation, x);

/**
 * ∂E/∂x = ∂E/∂y where y > 0, else 0: the derivative at x = 0 is taken as 0.
 * @param y what `relu` returned
 * @param outputGradient ∂E/∂y, of the shape of y
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH
 */
export const reluGradient = (y: Tensor, outputGradient: Tensor): Tensor =>
  applyGradient(reluActivation, y, outputGradient);

/** The logistic function: y = 1 / (1 + e⁻ˣ). */
export const sigmoid = (x: Tensor): Tensor => apply(sigmoidActivation, x);

/**
 * ∂E/∂x = ∂E/∂y · y · (1 − y).
 * @param y what `sigmoid` returned
 * @param outputGradient ∂E/∂y, of the shape of y
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH
 */
export const sigmoidGradient = (y: Tensor, outputGradient: Tensor): Tensor =>
  applyGradient(sigmoidActivation, y, outputGradient);

/** y = tanh x. */
export const tanh = (x: Tensor): Tensor => apply(tanhActivation, x);

/**
 * ∂E/∂x = ∂E/∂y · (1 − y²).
 * @param y what `tanh` returned
 * @param outputGradient ∂E/∂y, of the shape of y
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH
 */
export const tanhGradient = (y: Tensor, outputGradient: Tensor): Tensor =>
  applyGradient(tanhActivation, y, outputGradient);

/** Numbers that a kernel takes at a time, whatever the tensor's size, so that one routine serves them all. */
const CHUNK = 4096;

function apply(activation: Activation, x: Tensor): Tensor {
  return byChunks(x, (first, end) => {
    const { y } = engine.run(['pointwise', activation.name], 1, { x: x.data.subarray(first, end) }, () => ({
      inputs: { x: shared(CHUNK) },
      outputs: { y: shared(CHUNK) },
      calls: [{ kernel: pointwise(CHUNK / LANES, activation), arguments: ['x', 'y'] }],
    }));
    return y;
  });
}

function applyGradient(activation: Activation, y: Tensor, outputGradient: Tensor): Tensor {
  expectShape('outputGradient', outputGradient.shape, y.shape, 'the shape of y');
  return byChunks(y, (first, end) => {
    const data = { y: y.data.subarray(first, end), dy: outputGradient.data.subarray(first, end) };
    const { dx } = engine.run(['pointwiseGradient', activation.name], 1, data, () => ({
      inputs: { y: shared(CHUNK), dy: shared(CHUNK) },
      outputs: { dx: shared(CHUNK) },
      calls: [{ kernel: pointwiseGradient(CHUNK / LANES, activation), arguments: ['y', 'dy', 'dx'] }],
    }));
    return dx;
  });
}

/** A tensor like `x` of what `compute` returns for elements `first` to `end − 1`; what lies behind those is ignored. */
function byChunks(x: Tensor, compute: (first: number, end: number) => Float32Array): Tensor {
  const result = new Float32Array(x.size);
  for (let first = 0; first < x.size; first += CHUNK) {
    const end = Math.min(first + CHUNK, x.size);
    result.set(compute(first, end).subarray(0, end - first), first);
  }
  return new Tensor(result, x.shape);
}
