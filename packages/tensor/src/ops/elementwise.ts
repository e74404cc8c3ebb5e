// Elementwise functions and their gradients on tensors of any shape.
import {
  type Activation,
  type InputActivation,
  type Kernel,
  LANES,
  pointwise,
  pointwiseGradient,
  pointwiseInputGradient,
} from '@convoy/kernels';
import { Tensor } from '../tensor.ts';
import { engine } from './engine.ts';
import { expectShape } from './operands.ts';
import { shared } from './routine.ts';

/** Numbers that a kernel takes at a time, whatever the tensor's size, so that one routine serves them all. */
const CHUNK = 4096;
const CELLS = CHUNK / LANES;

/** y = f(x) */
export function apply(activation: Activation | InputActivation, x: Tensor): Tensor {
  return byChunks(x, (first, end) => {
    const { y } = engine.run(['pointwise', activation.name], 1, { x: x.data.subarray(first, end) }, () => ({
      inputs: { x: shared(CHUNK) },
      outputs: { y: shared(CHUNK) },
      calls: [{ kernel: pointwise(CELLS, activation), arguments: ['x', 'y'] }],
    }));
    return y;
  });
}

/** ∂E/∂x of an activation's output. @throws ConvoyError CONVOY_SHAPE_MISMATCH */
export const applyGradient = (activation: Activation, y: Tensor, outputGradient: Tensor): Tensor =>
  gradient(['pointwiseGradient', activation.name], () => pointwiseGradient(CELLS, activation), 'y', y, outputGradient);

/** ∂E/∂x of an activation's input. @throws ConvoyError CONVOY_SHAPE_MISMATCH */
export const applyInputGradient = (activation: InputActivation, x: Tensor, outputGradient: Tensor): Tensor =>
  gradient(
    ['pointwiseInputGradient', activation.name],
    () => pointwiseInputGradient(CELLS, activation),
    'x',
    x,
    outputGradient,
  );

/** @param name what the gradient calls `kept` when it complains of the shape */
function gradient(
  key: readonly string[],
  kernel: () => Kernel,
  name: string,
  kept: Tensor,
  outputGradient: Tensor,
): Tensor {
  expectShape('outputGradient', outputGradient.shape, kept.shape, `the shape of ${name}`);
  return byChunks(kept, (first, end) => {
    const data = { kept: kept.data.subarray(first, end), dy: outputGradient.data.subarray(first, end) };
    const { dx } = engine.run(key, 1, data, () => ({
      inputs: { kept: shared(CHUNK), dy: shared(CHUNK) },
      outputs: { dx: shared(CHUNK) },
      calls: [{ kernel: kernel(), arguments: ['kept', 'dy', 'dx'] }],
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
