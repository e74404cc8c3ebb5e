// Shapes: the extents of a tensor's dimensions, outermost first, such as [N, C, H, W]. A scalar has the shape [].
import { describeValue } from './errors/describe-value.ts';
import { ConvoyError } from './errors/errors.ts';

/** Extents, outermost dimension first. Each extent is a whole number of 0 or more. A scalar has the shape []. */
export type Shape = readonly number[];

/** The number of elements: the product of the extents, 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((size, extent) => size * extent, 1);
}

/**
 * Row-major strides: the distance in elements between neighbors along each dimension. `[3, 2]` has the strides `[2,
 * 1]`.
 */
export function stridesOf(shape: Shape): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (const extent of shape.toReversed()) {
    strides.unshift(stride);
    stride *= extent;
  }
  return strides;
}

/** Whether two shapes have the same dimensions with the same extents. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, dimension) => extent === b[dimension]);
}

/** A shape as text: `[1, 28, 28]`. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

/** Whether a value is a shape with at most 2^53 − 1 elements. */
export function isShape(value: unknown): value is Shape {
  return Array.isArray(value) && firstWrong(value) < 0 && Number.isSafeInteger(sizeOf(value));
}

/**
 * Throws unless a value is a shape.
 * @param name what messages call the value
 * @throws ConvoyError CONVOY_INVALID_SHAPE, naming the value and the first wrong extent, if there is one
 */
export function assertShape(value: unknown, name = 'shape'): asserts value is Shape {
  if (isShape(value)) return;
  const wrong = Array.isArray(value) ? firstWrong(value) : -1;
  const tooLarge = Array.isArray(value) && wrong < 0;
  throw new ConvoyError('CONVOY_INVALID_SHAPE', {
    given: `${name}: ${describeValue(value)}${wrong < 0 ? '' : `, wrong in dimension ${wrong}`}`,
    expected: tooLarge ? 'a shape of at most 2^53 - 1 elements' : 'an array of whole numbers of 0 or more',
    fix: 'Pass a shape such as [1, 28, 28].',
  });
}

/** The index of the first entry that is not an extent, −1 if there is none. A hole in the array is not an extent. */
function firstWrong(entries: readonly unknown[]): number {
  return entries.findIndex((entry) => !Number.isSafeInteger(entry) || (entry as number) < 0);
}
