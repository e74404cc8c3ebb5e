// The sizes that memory can hold at all. They are checked when a model is built, before anything works with them.
import { LANES } from '@convoy/kernels';
import { ConvoyError, formatShape, type Shape, sizeOf } from '@convoy/tensor';
import { describeBytes, MAX_MEMORY_BYTES } from '@convoy/tensor/memory';
import type { ParameterSpec } from '../layer.ts';

const FLOAT_BYTES = 4;

/** The most numbers of one sample of a value: 2^27, because memory of 4 GiB holds a block of 8 samples. */
export const MAX_VALUE_SIZE = MAX_MEMORY_BYTES / FLOAT_BYTES / LANES;

/** The most numbers of a parameter: 2^30. */
const MAX_PARAMETER_SIZE = MAX_MEMORY_BYTES / FLOAT_BYTES;

/** @throws ConvoyError CONVOY_SHAPE_MISMATCH unless memory can hold the output of a layer and each of its parameters */
export function checkSizes(output: Shape, parameters: readonly ParameterSpec[]): void {
  if (!(sizeOf(output) <= MAX_VALUE_SIZE)) throw tooLarge('an output', output, MAX_VALUE_SIZE, LANES);
  const large = parameters.find(({ shape }) => !(sizeOf(shape) <= MAX_PARAMETER_SIZE));
  if (large) throw tooLarge(`a parameter '${large.name}'`, large.shape, MAX_PARAMETER_SIZE, 1);
}

const tooLarge = (what: string, shape: Shape, limit: number, copies: number) =>
  new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `${what} of shape ${formatShape(shape)}, which takes ${describeBytes(sizeOf(shape) * copies * FLOAT_BYTES)}`,
    expected: `a shape of at most ${limit} numbers`,
    fix: 'Make the layer or its input smaller.',
  });
