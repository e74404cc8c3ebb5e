// The dimensions of operands that are processed channel by channel.
import type { PlanesShape } from '@convoy/kernels';
import { ConvoyError } from '../errors/errors.ts';
import { formatShape, sizeOf } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { shapeOf } from './operands.ts';

/**
 * The number of samples and the planes of a sample for an operand of shape [N, channels, …].
 * @throws ConvoyError CONVOY_INVALID_DATA, CONVOY_SHAPE_MISMATCH
 */
export function planesOf(name: string, operand: Tensor): { readonly batch: number; readonly planes: PlanesShape } {
  const shape = shapeOf(name, operand);
  const [batch, channels, ...plane] = shape;
  if (batch && channels && sizeOf(plane) > 0) return { batch, planes: { channels, area: sizeOf(plane) } };
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `${name} of shape ${formatShape(shape)}`,
    expected: '[N, channels, …], each of 1 or more',
    fix: `Pass ${name} with at least these dimensions. reshape() changes the dimensions of a tensor.`,
  });
}
