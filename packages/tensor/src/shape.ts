// Shapes: the extents of a tensor's dimensions, outermost first, such as [N, C, H, W]. A scalar has the shape [].
import { describeName, describeValue } from './errors/describe-value.ts';
import { ConvoyError } from './errors/errors.ts';

/** Extents, outermost dimension first. Each extent is a whole number of 0 or more. A scalar has the shape []. */
export type Shape = readonly number[];

/**
 * The number of elements: the product of the extents, 1 for a scalar.
 * @throws ConvoyError CONVOY_INVALID_SHAPE
 */
export function sizeOf(shape: Shape): number {
  assertExtents(shape);
  return product(shape);
}

/**
 * Row-major strides: the distance in elements between neighbors along each dimension. `[3, 2]` has the strides `[2,
 * 1]`.
 * @throws ConvoyError CONVOY_INVALID_SHAPE
 */
export function stridesOf(shape: Shape): number[] {
  assertExtents(shape);
  const strides: number[] = [];
  let stride = 1;
  for (const extent of shape.toReversed()) {
    strides.unshift(stride);
    stride *= extent;
  }
  return strides;
}

/**
 * Whether two shapes have the same dimensions with the same extents.
 * @throws ConvoyError CONVOY_INVALID_SHAPE
 */
export function sameShape(a: Shape, b: Shape): boolean {
  assertExtents(a);
  assertExtents(b);
  return a.length === b.length && a.every((extent, dimension) => extent === b[dimension]);
}

/** A shape as text: `[1, 28, 28]`. Another value is described, as in the messages of errors. */
export function formatShape(shape: Shape): string {
  return Array.isArray(shape) && shape.every((extent) => typeof extent === 'number')
    ? `[${shape.join(', ')}]`
    : describeValue(shape);
}

/** Whether a value is a shape with at most 2^53 − 1 elements. */
export function isShape(value: unknown): value is Shape {
  return Array.isArray(value) && firstWrong(value) < 0 && Number.isSafeInteger(product(value));
}

/**
 * Throws unless a value is a shape.
 * @param name what messages call the value; default 'shape'
 * @throws ConvoyError CONVOY_INVALID_SHAPE, naming the value and the first wrong extent, if there is one
 */
export function assertShape(value: unknown, name = 'shape'): asserts value is Shape {
  if (isShape(value)) return;
  assertExtents(value, name);
  throw invalid(`${describeName(name)}: ${describeValue(value)}`, 'a shape of at most 2^53 - 1 elements');
}

/** The same, for shapes of any number of elements. */
function assertExtents(value: unknown, name = 'shape'): asserts value is Shape {
  const wrong = Array.isArray(value) ? firstWrong(value) : -1;
  if (Array.isArray(value) && wrong < 0) return;
  const where = wrong < 0 ? '' : `, wrong in dimension ${wrong}`;
  throw invalid(`${describeName(name)}: ${describeValue(value)}${where}`, 'an array of whole numbers of 0 or more');
}

const invalid = (given: string, expected: string) =>
  new ConvoyError('CONVOY_INVALID_SHAPE', { given, expected, fix: 'Pass a shape such as [1, 28, 28].' });

const product = (extents: readonly number[]): number => extents.reduce((size, extent) => size * extent, 1);

/** The index of the first entry that is not an extent, −1 if there is none. A hole in the array is not an extent. */
function firstWrong(entries: readonly unknown[]): number {
  return entries.findIndex((entry) => !Number.isSafeInteger(entry) || (entry as number) < 0);
}
