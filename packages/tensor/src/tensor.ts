// `Tensor`: numbers with a shape. It only holds and indexes data; operations on tensors are functions elsewhere.
import { describeValue } from './errors/describe-value.ts';
import { ConvoyError } from './errors/errors.ts';
import { assertShape, formatShape, type Shape, sizeOf } from './shape.ts';

/** A number, or arrays of numbers nested to any depth, every array of a level of the same length. */
export type NestedNumbers = number | readonly NestedNumbers[];

/**
 * A row-major view with a shape over float32 numbers, in an ArrayBuffer or a SharedArrayBuffer. Any number of tensors
 * may view the same memory; nothing has to be disposed of.
 *
 * Structured clone (`postMessage`, `structuredClone`) turns a tensor into the plain object `{ shape, data }`, which
 * `new Tensor(data, shape)` makes a tensor again. Data in a SharedArrayBuffer stays shared; any other data is copied,
 * and so is the whole buffer it lies in: `clone()` a small view of a large buffer before sending it.
 */
export class Tensor {
  /** Extents, outermost dimension first; frozen. */
  readonly shape: Shape;
  /** The elements in row-major order; `data.length` is the product of the shape. */
  readonly data: Float32Array;

  /**
   * Views `data` without copying it.
   * @throws ConvoyError CONVOY_INVALID_SHAPE, CONVOY_INVALID_DATA, or CONVOY_SHAPE_MISMATCH if the shape counts another
   * number of elements.
   */
  constructor(data: Float32Array, shape: Shape) {
    assertShape(shape);
    if (!(data instanceof Float32Array)) {
      throw new ConvoyError('CONVOY_INVALID_DATA', {
        given: `${describeValue(data)} as data`,
        expected: 'a Float32Array',
        fix: 'Convert it with Float32Array.from(…), or pass nested arrays to tensor(…).',
      });
    }
    if (data.length !== sizeOf(shape)) {
      throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
        given: `${data.length} elements for the shape ${formatShape(shape)}`,
        expected: `${sizeOf(shape)} elements`,
        fix: 'Correct the shape, or pass as many elements as it counts.',
      });
    }
    this.shape = Object.freeze([...shape]);
    this.data = data;
  }

  /** The number of elements. */
  get size(): number {
    return this.data.length;
  }

  /** The number of dimensions; 0 for a scalar. */
  get rank(): number {
    return this.shape.length;
  }

  /** The same data under another shape of the same size; shares memory. */
  reshape(shape: Shape): Tensor {
    return new Tensor(this.data, shape);
  }

  /**
   * The entries `start` to `end - 1` of the first dimension, such as a range of samples; shares memory.
   * @throws ConvoyError CONVOY_INDEX_OUT_OF_RANGE, also for a scalar, which has no first dimension.
   */
  slice(start: number, end = this.shape[0] ?? 0): Tensor {
    const [extent, ...rest] = this.shape;
    if (extent === undefined || !(isIndex(start, end + 1) && isIndex(end, extent + 1))) {
      throw new ConvoyError('CONVOY_INDEX_OUT_OF_RANGE', {
        given: `slice(${start}, ${end}) of a tensor of shape ${formatShape(this.shape)}`,
        expected: extent === undefined ? 'at least one dimension' : `whole numbers with 0 ≤ start ≤ end ≤ ${extent}`,
        fix: 'Slice inside the first dimension.',
      });
    }
    const stride = sizeOf(rest);
    return new Tensor(this.data.subarray(start * stride, end * stride), [end - start, ...rest]);
  }

  /**
   * The element at one index a dimension.
   * @throws ConvoyError CONVOY_INDEX_OUT_OF_RANGE
   */
  at(...indices: number[]): number {
    return this.data[this.#offsetOf(indices)] as number;
  }

  /**
   * Stores a number, rounded to float32, at one index a dimension.
   * @throws ConvoyError CONVOY_INDEX_OUT_OF_RANGE
   */
  set(value: number, ...indices: number[]): void {
    this.data[this.#offsetOf(indices)] = value;
  }

  /** A copy as nested arrays; a number for a scalar. */
  toArray(): NestedNumbers {
    return this.rank === 0 ? this.at() : nest(this.data, this.shape);
  }

  /** A copy with memory of its own, in an ArrayBuffer. */
  clone(): Tensor {
    return new Tensor(new Float32Array(this.data), this.shape);
  }

  #offsetOf(indices: readonly number[]): number {
    const { shape } = this;
    if (indices.length !== shape.length || !shape.every((extent, dimension) => isIndex(indices[dimension], extent))) {
      throw new ConvoyError('CONVOY_INDEX_OUT_OF_RANGE', {
        given: `the indices ${describeValue(indices)} of a tensor of shape ${formatShape(shape)}`,
        expected: 'one whole number a dimension, from 0 to its extent - 1',
        fix: 'Correct the indices; negative ones do not count from the end.',
      });
    }
    return shape.reduce((offset, extent, dimension) => offset * extent + (indices[dimension] as number), 0);
  }
}

/**
 * A tensor of nested arrays, which are copied, or of a Float32Array, which is viewed and not copied. The shape is that
 * of the nesting (one dimension for a Float32Array) unless another of the same size is given.
 * @throws ConvoyError CONVOY_INVALID_DATA for arrays of uneven lengths and for what is not a number.
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH if the shape counts another number of elements; CONVOY_INVALID_SHAPE.
 */
export function tensor(values: Float32Array | NestedNumbers, shape?: Shape): Tensor {
  if (values instanceof Float32Array) return new Tensor(values, shape ?? [values.length]);
  const nesting = nestingOf(values);
  const elements: number[] = [];
  flatten(values, nesting, 0, elements);
  return new Tensor(Float32Array.from(elements), shape ?? nesting);
}

/** A tensor of zeros. */
export function zeros(shape: Shape): Tensor {
  return full(shape, 0);
}

/** A tensor whose every element is `value`. */
export function full(shape: Shape, value: number): Tensor {
  assertShape(shape);
  return new Tensor(new Float32Array(sizeOf(shape)).fill(value), shape);
}

function isIndex(value: number | undefined, extent: number): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < extent;
}

/** The shape that the first entry of every level tells. */
function nestingOf(values: NestedNumbers): number[] {
  const shape: number[] = [];
  for (let level: NestedNumbers | undefined = values; Array.isArray(level); level = level[0]) shape.push(level.length);
  return shape;
}

function flatten(values: NestedNumbers, nesting: Shape, level: number, elements: number[]): void {
  const extent = nesting[level];
  if (extent === undefined && typeof values === 'number') {
    elements.push(values);
  } else if (extent !== undefined && Array.isArray(values) && values.length === extent) {
    for (const value of values) flatten(value, nesting, level + 1, elements);
  } else {
    throw new ConvoyError('CONVOY_INVALID_DATA', {
      given: `${describeValue(values)} at depth ${level} of nested arrays`,
      expected: extent === undefined ? 'a number' : `an array of ${extent}, as its first neighbour is`,
      fix: 'Make all arrays of a depth equally long, with only numbers in the innermost ones.',
    });
  }
}

function nest(data: Float32Array, [extent = 0, ...rest]: Shape): NestedNumbers[] {
  if (rest.length === 0) return [...data];
  const stride = sizeOf(rest);
  return Array.from({ length: extent }, (_, i) => nest(data.subarray(i * stride, (i + 1) * stride), rest));
}
