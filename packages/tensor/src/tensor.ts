// `Tensor`: numbers with a shape. The class only holds and indexes data. Operations on tensors are functions in `ops/`.
import { isFloat32Array, isObject } from './builtins.ts';
import { describeValue } from './errors/describe-value.ts';
import { ConvoyError } from './errors/errors.ts';
import { createFloats } from './memory.ts';
import { flattenNumbers, type NestedNumbers } from './nested-numbers.ts';
import { assertShape, formatShape, type Shape, sizeOf } from './shape.ts';

/** Marks tensors, also those of another copy of this package. */
const BRAND = Symbol.for('@convoy/tensor.Tensor');

/**
 * A row-major view of float32 numbers with a shape. The numbers are in an ArrayBuffer or a SharedArrayBuffer. Several
 * tensors may view the same memory, and tensors need no disposal.
 *
 * Structured clone (`postMessage`, `structuredClone`) turns a tensor into a plain object `{ shape, data }`. Call
 * `new Tensor(data, shape)` to make it a tensor again. Data in a SharedArrayBuffer stays shared. Other data is copied
 * together with its whole buffer, so `clone()` a small view of a large buffer before you send it.
 *
 * ```ts
 * const x = tensor([[1, 2, 3], [4, 5, 6]]);
 * x.shape; // [2, 3]
 * x.at(1, 0); // 4
 * x.slice(1).toArray(); // [[4, 5, 6]]
 * ```
 */
export class Tensor {
  /** The extents, outermost dimension first. The array is frozen. */
  readonly shape: Shape;
  /** The elements in row-major order; `data.length` is the product of the shape. */
  readonly data: Float32Array;

  /**
   * Views `data` without copying it.
   * @throws ConvoyError CONVOY_INVALID_SHAPE, CONVOY_INVALID_DATA, or CONVOY_SHAPE_MISMATCH if the shape has another
   * number of elements
   */
  constructor(data: Float32Array, shape: Shape) {
    assertShape(shape);
    if (!isFloat32Array(data)) {
      throw new ConvoyError('CONVOY_INVALID_DATA', {
        given: `${describeValue(data)} as data`,
        expected: 'a Float32Array',
        fix: 'Convert the data with Float32Array.from(…), or pass nested arrays to tensor(…).',
      });
    }
    if (data.length !== sizeOf(shape)) {
      throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
        given: `${data.length} elements for the shape ${formatShape(shape)}`,
        expected: `${sizeOf(shape)} elements`,
        fix: 'Correct the shape or the number of elements.',
      });
    }
    this.shape = Object.freeze([...shape]);
    this.data = data;
  }

  /** @internal */
  get [BRAND](): true {
    return true;
  }

  /** The number of elements. */
  get size(): number {
    return this.data.length;
  }

  /** The number of dimensions; 0 for a scalar. */
  get rank(): number {
    return this.shape.length;
  }

  /**
   * The same data with another shape of the same size. The result shares memory with this tensor.
   * @throws ConvoyError CONVOY_INVALID_SHAPE, CONVOY_SHAPE_MISMATCH
   */
  reshape(shape: Shape): Tensor {
    return new Tensor(this.data, shape);
  }

  /**
   * The entries `start` to `end − 1` of the first dimension, for example a range of samples. The result shares memory
   * with this tensor.
   * @throws ConvoyError CONVOY_INDEX_OUT_OF_RANGE, also for a scalar, which has no first dimension
   */
  slice(start: number, end = this.shape[0] ?? 0): Tensor {
    const [extent, ...rest] = this.shape;
    if (extent === undefined || !(isIndex(end, extent + 1) && isIndex(start, end + 1))) {
      throw new ConvoyError('CONVOY_INDEX_OUT_OF_RANGE', {
        given: `slice(${describeValue(start)}, ${describeValue(end)}) of a tensor of shape ${formatShape(this.shape)}`,
        expected: extent === undefined ? 'at least one dimension' : `whole numbers with 0 ≤ start ≤ end ≤ ${extent}`,
        fix: 'Choose start and end inside the first dimension.',
      });
    }
    const stride = sizeOf(rest);
    return new Tensor(this.data.subarray(start * stride, end * stride), [end - start, ...rest]);
  }

  /**
   * The element at the indices, one index per dimension.
   * @throws ConvoyError CONVOY_INDEX_OUT_OF_RANGE
   */
  at(...indices: number[]): number {
    return this.data[this.#offsetOf(indices)] as number;
  }

  /**
   * Stores a number, rounded to float32, at the indices, one index per dimension.
   * @throws ConvoyError CONVOY_INDEX_OUT_OF_RANGE, CONVOY_INVALID_DATA
   */
  set(value: number, ...indices: number[]): void {
    assertNumber(value);
    this.data[this.#offsetOf(indices)] = value;
  }

  /** A copy as nested arrays, or a number for a scalar. */
  toArray(): NestedNumbers {
    return this.rank === 0 ? this.at() : nest(this.data, this.shape);
  }

  /**
   * A copy in a new ArrayBuffer.
   * @throws ConvoyError CONVOY_OUT_OF_MEMORY
   */
  clone(): Tensor {
    const copy = createFloats('the copy of a tensor', this.size);
    copy.set(this.data);
    return new Tensor(copy, this.shape);
  }

  #offsetOf(indices: readonly number[]): number {
    const { shape } = this;
    if (indices.length !== shape.length || !shape.every((extent, dimension) => isIndex(indices[dimension], extent))) {
      throw new ConvoyError('CONVOY_INDEX_OUT_OF_RANGE', {
        given: `the indices ${describeValue(indices)} of a tensor of shape ${formatShape(shape)}`,
        expected: 'one whole number per dimension, from 0 to its extent - 1',
        fix: 'Correct the indices. Negative indices do not count from the end.',
      });
    }
    return shape.reduce((offset, extent, dimension) => offset * extent + (indices[dimension] as number), 0);
  }
}

/** Whether a value is a tensor. Unlike `instanceof`, this also recognizes tensors of another copy of this package. */
export const isTensor = (value: unknown): value is Tensor => isObject(value) && BRAND in value;

/**
 * A tensor from nested arrays, which are copied, or from a Float32Array, which is viewed without a copy.
 *
 * ```ts
 * tensor([[1, 2], [3, 4]]); // shape [2, 2]
 * tensor(new Float32Array(784), [1, 28, 28]);
 * ```
 * @param shape default: the shape of the nested arrays, or one dimension for a Float32Array
 * @throws ConvoyError CONVOY_INVALID_DATA for nested arrays of different lengths and for elements that are not numbers,
 * with their indices
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH if the shape has another number of elements; CONVOY_INVALID_SHAPE
 */
export function tensor(values: Float32Array | NestedNumbers, shape?: Shape): Tensor {
  if (isFloat32Array(values)) return new Tensor(values, shape ?? [values.length]);
  const nested = flattenNumbers('values', values);
  return new Tensor(Float32Array.from(nested.numbers), shape ?? nested.shape);
}

/**
 * A tensor of zeros, at most 4 GiB.
 * @throws ConvoyError CONVOY_INVALID_SHAPE, CONVOY_OUT_OF_MEMORY
 */
export function zeros(shape: Shape): Tensor {
  return new Tensor(floatsOf(shape), shape);
}

/**
 * A tensor in which every element is `value`, rounded to float32, at most 4 GiB.
 * @throws ConvoyError CONVOY_INVALID_SHAPE, CONVOY_INVALID_DATA, CONVOY_OUT_OF_MEMORY
 */
export function full(shape: Shape, value: number): Tensor {
  assertNumber(value);
  return new Tensor(floatsOf(shape).fill(value), shape);
}

function floatsOf(shape: Shape): Float32Array {
  assertShape(shape);
  return createFloats(`a tensor of shape ${formatShape(shape)}`, sizeOf(shape));
}

function assertNumber(value: unknown): void {
  if (typeof value === 'number') return;
  throw new ConvoyError('CONVOY_INVALID_DATA', {
    given: `${describeValue(value)} as an element`,
    expected: 'a number',
    fix: 'Pass a number. NaN and Infinity are numbers, too.',
  });
}

function isIndex(value: number | undefined, extent: number): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < extent;
}

function nest(data: Float32Array, [extent = 0, ...rest]: Shape): NestedNumbers[] {
  if (rest.length === 0) return [...data];
  const stride = sizeOf(rest);
  return Array.from({ length: extent }, (_, i) => nest(data.subarray(i * stride, (i + 1) * stride), rest));
}
