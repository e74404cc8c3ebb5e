// Checks of what ops are given.
import { ConvoyError } from '../errors/errors.ts';
import { assertShape, formatShape, type Shape, sameShape } from '../shape.ts';

/**
 * The extents of a shape that has to have the named dimensions, none of them empty.
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
    fix: `Pass ${name} with these dimensions; reshape() gives a tensor others of the same size.`,
  });
}

/**
 * Throws unless a shape is the one that the other operands ask for.
 * @param reason what asks for it, such as 'one number a filter'
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH
 */
export function expectShape(name: string, shape: Shape, expected: Shape, reason: string): void {
  if (sameShape(shape, expected)) return;
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `${name} of shape ${formatShape(shape)}`,
    expected: `${formatShape(expected)}, ${reason}`,
    fix: `Correct the shape of ${name}, or that of the other operands.`,
  });
}
