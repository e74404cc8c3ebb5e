// Checks of the operands of ops.
import { ConvoyError } from '../errors/errors.ts';
import { assertShape, formatShape, type Shape, sameShape } from '../shape.ts';

/**
 * The extents of a shape, after a check that it has the named dimensions and that no extent is 0.
 * @throws ConvoyError CONVOY_INVALID_SHAPE, CONVOY_SHAPE_MISMATCH
 */
export function extentsOf<const Dimensions extends readonly string[]>(
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
 * Throws unless a shape is the one that the other operands require.
 * @param reason why it is required, such as 'one number per filter'
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH
 */
export function expectShape(name: string, shape: Shape, expected: Shape, reason: string): void {
  if (sameShape(shape, expected)) return;
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `${name} of shape ${formatShape(shape)}`,
    expected: `${formatShape(expected)}, ${reason}`,
    fix: `Correct the shape of ${name} or of the other operands.`,
  });
}
