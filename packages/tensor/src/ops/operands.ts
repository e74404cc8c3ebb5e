// Checks of the operands of ops. Every op asks them for the shapes of its operands before it reads their data.
import { checkTensor } from '../checks/tensors.ts';
import { ConvoyError } from '../errors/errors.ts';
import { assertShape, formatShape, type Shape, sameShape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';

/**
 * The shape of an operand, after a check that it is a tensor.
 * @throws ConvoyError CONVOY_INVALID_DATA
 */
export const shapeOf = (name: string, operand: Tensor): Shape => checkTensor(name, operand).shape;

/**
 * The extents of an operand, after a check that it is a tensor with the named dimensions and that no extent is 0.
 * @throws ConvoyError CONVOY_INVALID_DATA, CONVOY_SHAPE_MISMATCH
 */
export const extentsOf = <const Dimensions extends readonly string[]>(
  name: string,
  operand: Tensor,
  dimensions: Dimensions,
): { readonly [D in keyof Dimensions]: number } => extentsOfShape(name, shapeOf(name, operand), dimensions);

/**
 * The extents of a shape, after a check that it has the named dimensions and that no extent is 0.
 * @throws ConvoyError CONVOY_INVALID_SHAPE, CONVOY_SHAPE_MISMATCH
 */
export function extentsOfShape<const Dimensions extends readonly string[]>(
  name: string,
  shape: Shape,
  dimensions: Dimensions,
): { readonly [D in keyof Dimensions]: number } {
  assertShape(shape, name);
  if (shape.length === dimensions.length && shape.every((extent) => extent > 0)) {
    return shape as { readonly [D in keyof Dimensions]: number };
  }
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `${name} of shape ${formatShape(shape)}`,
    expected: `[${dimensions.join(', ')}], each of 1 or more`,
    fix: `Pass ${name} with these dimensions. reshape() changes the dimensions of a tensor.`,
  });
}

/**
 * Throws unless an operand is a tensor of the shape that the other operands require.
 * @param reason why it is required, such as 'one number per filter'
 * @throws ConvoyError CONVOY_INVALID_DATA, CONVOY_SHAPE_MISMATCH
 */
export function expectShape(name: string, operand: Tensor, expected: Shape, reason: string): void {
  const shape = shapeOf(name, operand);
  if (sameShape(shape, expected)) return;
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `${name} of shape ${formatShape(shape)}`,
    expected: `${formatShape(expected)}, ${reason}`,
    fix: `Correct the shape of ${name} or of the other operands.`,
  });
}
