// Nested arrays of numbers: their shape, and their numbers in row-major order.
import { describeValue } from './errors/describe-value.ts';
import { ConvoyError } from './errors/errors.ts';
import type { Shape } from './shape.ts';

/** A number, or arrays of numbers nested to any depth. All arrays of a level have the same length. */
export type NestedNumbers = number | readonly NestedNumbers[];

/** Ends the search for the shape of an array that contains itself. */
const MAX_NESTING = 32;

/**
 * The shape and the numbers of nested arrays. Holes are no numbers.
 * @param name what messages call the arrays
 * @throws ConvoyError CONVOY_INVALID_DATA for arrays of different lengths and for what is no number, naming its indices
 */
export function flattenNumbers(name: string, values: unknown): { shape: Shape; numbers: number[] } {
  const shape = shapeOf(values);
  const numbers: number[] = [];
  const indices: number[] = [];
  const add = (value: unknown): void => {
    const extent = shape[indices.length];
    if (extent === undefined && typeof value === 'number') numbers.push(value);
    else if (extent !== undefined && Array.isArray(value) && value.length === extent) addEntries(value);
    else throw unexpected(name, value, indices, extent);
  };
  const addEntries = (entries: readonly unknown[]): void => {
    const level = indices.push(0) - 1;
    // Unlike forEach, this also visits holes.
    for (let i = 0; i < entries.length; i++) {
      indices[level] = i;
      add(entries[i]);
    }
    indices.pop();
  };
  add(values);
  return { shape, numbers };
}

/** The shape according to the first entry of each level. */
function shapeOf(values: unknown): number[] {
  const shape: number[] = [];
  for (let level = values; Array.isArray(level) && shape.length < MAX_NESTING; level = level[0]) {
    shape.push(level.length);
  }
  return shape;
}

function unexpected(name: string, value: unknown, indices: readonly number[], extent: number | undefined): ConvoyError {
  const isWhole = indices.length === 0;
  const expected = extent === undefined ? 'a number' : `an array of length ${extent}, like its first neighbor`;
  return new ConvoyError('CONVOY_INVALID_DATA', {
    given: `${describeValue(value)} ${isWhole ? `as ${name}` : `at ${name}[${indices.join('][')}]`}`,
    expected: isWhole ? 'a Float32Array, a number, or nested arrays of numbers' : expected,
    fix: 'Give all arrays of a depth the same length. The innermost arrays must contain only numbers.',
  });
}
