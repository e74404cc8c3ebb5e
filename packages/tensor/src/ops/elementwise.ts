// Applies elementwise functions and their gradients to tensors of any shape.
import {
  type Activation,
  type InputActivation,
  LANES,
  pointwise,
  pointwiseGradient,
  pointwiseInputGradient,
} from '@convoy/kernels';
import { createFloats } from '../memory.ts';
import { type Shape, sizeOf } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { type Call, call } from './call.ts';
import { engine } from './engine.ts';
import { expectShape, shapeOf } from './operands.ts';
import { shared } from './routine.ts';

/**
 * The numbers that a kernel processes at a time. The size is fixed, so that one routine serves tensors of every size.
 */
const CHUNK = 4096;
const CELLS = CHUNK / LANES;

/** y = f(x) */
export function apply(activation: Activation | InputActivation, x: Tensor): Tensor {
  return byChunks(shapeOf('x', x), (first, end) => {
    const { y } = engine.run(['pointwise', activation.name], 1, { x: x.data.subarray(first, end) }, () => ({
      inputs: { x: shared(CHUNK) },
      outputs: { y: shared(CHUNK) },
      calls: [call(pointwise(CELLS, activation), { x: 'x', y: 'y' })],
    }));
    return y;
  });
}

/** ∂E/∂x, computed from the output of the activation. @throws ConvoyError CONVOY_SHAPE_MISMATCH */
export const applyGradient = (activation: Activation, y: Tensor, outputGradient: Tensor): Tensor =>
  gradient(
    ['pointwiseGradient', activation.name],
    () => call(pointwiseGradient(CELLS, activation), { y: 'kept', dy: 'dy', dx: 'dx' }),
    'y',
    y,
    outputGradient,
  );

/** ∂E/∂x, computed from the input of the activation. @throws ConvoyError CONVOY_SHAPE_MISMATCH */
export const applyInputGradient = (activation: InputActivation, x: Tensor, outputGradient: Tensor): Tensor =>
  gradient(
    ['pointwiseInputGradient', activation.name],
    () => call(pointwiseInputGradient(CELLS, activation), { x: 'kept', dy: 'dy', dx: 'dx' }),
    'x',
    x,
    outputGradient,
  );

/** @param name what error messages call `kept` */
function gradient(
  key: readonly string[],
  kernelCall: () => Call<'kept' | 'dy' | 'dx'>,
  name: string,
  kept: Tensor,
  outputGradient: Tensor,
): Tensor {
  expectShape('outputGradient', outputGradient, shapeOf(name, kept), `the shape of ${name}`);
  return byChunks(kept.shape, (first, end) => {
    const data = { kept: kept.data.subarray(first, end), dy: outputGradient.data.subarray(first, end) };
    const { dx } = engine.run(key, 1, data, () => ({
      inputs: { kept: shared(CHUNK), dy: shared(CHUNK) },
      outputs: { dx: shared(CHUNK) },
      calls: [kernelCall()],
    }));
    return dx;
  });
}

/**
 * A tensor of a shape. `compute` returns the elements `first` to `end − 1` of the result. It may return more
 * numbers after these, which are ignored.
 */
function byChunks(shape: Shape, compute: (first: number, end: number) => Float32Array): Tensor {
  const size = sizeOf(shape);
  const result = createFloats('the result of an operation', size);
  for (let first = 0; first < size; first += CHUNK) {
    const end = Math.min(first + CHUNK, size);
    result.set(compute(first, end).subarray(0, end - first), first);
  }
  return new Tensor(result, shape);
}
