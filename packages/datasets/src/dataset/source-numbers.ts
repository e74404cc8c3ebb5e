// The forms in which `createDataset` takes numbers.
import { ConvoyError, isTensor, type NestedNumbers, type Shape, type Tensor } from '@convoy/tensor';
import { isTypedArray, isUint8Array, typedArrayName } from '@convoy/tensor/builtins';
import { flattenNumbers } from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';

/** Numbers in a typed array, which is row-major; in a tensor; or in a list, which may be nested like the shape. */
export type Numbers = TypedNumbers | Tensor | readonly NestedNumbers[];

/** A typed array, except those of big integers. */
export type TypedNumbers =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/** Numbers that were checked to be numbers; their values are not checked. */
export interface SourceNumbers {
  /** Row-major. */
  readonly numbers: ArrayLike<number>;
  /** Undefined for a typed array. */
  readonly shape: Shape | undefined;
  readonly areBytes: boolean;
}

/** @throws ConvoyError CONVOY_INVALID_DATA, naming what is not a number, with its indices */
export function sourceNumbers(name: string, value: unknown): SourceNumbers {
  if (isTensor(value)) return { numbers: value.data, shape: value.shape, areBytes: false };
  if (Array.isArray(value)) return { ...flattenNumbers(name, value), areBytes: false };
  const type = typedArrayName(value);
  if (isTypedArray(value) && !type?.startsWith('Big')) {
    const numbers = value as TypedNumbers;
    return { numbers, shape: undefined, areBytes: isUint8Array(value) || type === 'Uint8ClampedArray' };
  }
  throw new ConvoyError('CONVOY_INVALID_DATA', {
    given: `${describeValue(value)} as ${name}`,
    expected: 'a typed array of numbers, a tensor, or arrays of numbers',
    fix: `Convert the ${name}, for example with Float32Array.from(…).`,
  });
}
