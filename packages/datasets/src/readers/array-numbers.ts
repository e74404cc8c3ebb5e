// Reads the elements of an array into the shared memory of a data set, in the types of data sets, a chunk at a time.
import { endianness } from 'node:os';
import { ConvoyError, formatShape, type Shape, sizeOf } from '@convoy/tensor';
import { isFloat32Array, isInt32Array } from '@convoy/tensor/builtins';
import { allocateShared } from '../dataset/shared-array.ts';
import { checkComplete, checkEnd, fillWithElements, type OpenedArray } from './array-header.ts';
import { type Layout, type Placement, placeInputs, placeLabels, placeValues } from './array-order.ts';
import { CHUNK_BYTES } from './file-bytes.ts';
import { ELEMENTS } from './number-elements.ts';

type Stored = Uint8Array<SharedArrayBuffer> | Int32Array<SharedArrayBuffer> | Float32Array<SharedArrayBuffer>;

/** An array in shared memory, in a type of data sets. */
export interface StoredArray<T extends Stored = Stored> {
  /** Where it comes from, for messages. */
  readonly description: string;
  /** The shape of one sample. */
  readonly sampleShape: Shape;
  readonly numbers: T;
  /** Whether the numbers are truth values, 0 or 1. */
  readonly areTruths: boolean;
}

/**
 * Reads inputs: bytes stay bytes, and all other numbers become float32.
 * @throws ConvoyError CONVOY_FILE_FORMAT, CONVOY_INVALID_OPTION, CONVOY_OUT_OF_MEMORY
 * @throws ConvoyError CONVOY_INVALID_DATA for integers that float32 cannot hold
 */
export const storeInputs = (array: OpenedArray, layout: Layout | undefined) =>
  store<Uint8Array<SharedArrayBuffer> | Float32Array<SharedArrayBuffer>>(
    array,
    placeInputs(array, layout),
    isByte(array) ? Uint8Array : Float32Array,
  );

/**
 * Reads labels: bytes stay bytes, and all other numbers become int32.
 * @throws ConvoyError CONVOY_FILE_FORMAT, CONVOY_OUT_OF_MEMORY
 * @throws ConvoyError CONVOY_INVALID_DATA for one-hot labels
 * @throws ConvoyError CONVOY_INVALID_LABEL for numbers that are not whole or that int32 cannot hold
 */
export const storeLabels = (array: OpenedArray) =>
  store<Uint8Array<SharedArrayBuffer> | Int32Array<SharedArrayBuffer>>(
    array,
    placeLabels(array),
    isByte(array) ? Uint8Array : Int32Array,
  );

/**
 * Reads values as float32.
 * @throws ConvoyError CONVOY_FILE_FORMAT, CONVOY_OUT_OF_MEMORY
 * @throws ConvoyError CONVOY_INVALID_DATA for integers that float32 cannot hold
 */
export const storeValues = (array: OpenedArray) =>
  store<Float32Array<SharedArrayBuffer>>(array, placeValues(array), Float32Array);

const isByte = ({ header }: OpenedArray) => header.element === 'uint8' || header.element === 'bool';

interface StoredConstructor<T> {
  new (buffer: SharedArrayBuffer): T;
  readonly BYTES_PER_ELEMENT: number;
}

async function store<T extends Stored>(
  array: OpenedArray,
  { sampleShape, positions }: Placement,
  type: StoredConstructor<T>,
): Promise<StoredArray<T>> {
  const { element, shape } = array.header;
  const numbers = new type(allocateShared(sizeOf(shape) * type.BYTES_PER_ELEMENT));
  if (positions === undefined && isSameType(array, numbers)) {
    await fillWithElements(array, new Uint8Array(numbers.buffer));
  } else {
    await convert(array, numbers, positions);
  }
  return { description: array.source.description, sampleShape, numbers, areTruths: element === 'bool' };
}

/** Whether the bytes in the file are those in memory. */
function isSameType({ header }: OpenedArray, numbers: Stored): boolean {
  const { element, littleEndian } = header;
  if (element === 'uint8') return numbers.BYTES_PER_ELEMENT === 1;
  const isSame = (element === 'float32' && isFloat32Array(numbers)) || (element === 'int32' && isInt32Array(numbers));
  return isSame && littleEndian === (endianness() === 'LE');
}

async function convert(array: OpenedArray, into: Stored, positions: (() => number) | undefined): Promise<void> {
  const { source, header } = array;
  const { bytes, read } = ELEMENTS[header.element];
  const chunk = new Uint8Array(CHUNK_BYTES);
  const view = new DataView(chunk.buffer);
  const isWrong = wrongNumbers(array, into);
  for (let i = 0; i < into.length; ) {
    const count = Math.min(CHUNK_BYTES / bytes, into.length - i);
    const received = await source.bytes.fill(chunk.subarray(0, count * bytes));
    if (received < count * bytes) checkComplete(array, i * bytes + received);
    for (let offset = 0; offset < received; offset += bytes, i++) {
      const number = read(view, offset, header.littleEndian);
      if (isWrong(number)) throw wrongNumber(array, into, number, i);
      into[positions === undefined ? i : positions()] = number;
    }
  }
  await checkEnd(array);
}

/** What would change its value in memory, other than a float that is rounded to float32. */
function wrongNumbers({ header }: OpenedArray, into: Stored): (number: number) => boolean {
  if (header.element === 'bool') return (number) => number > 1;
  if (isInt32Array(into)) return (number) => (number | 0) !== number;
  if (!ELEMENTS[header.element].isInteger) return () => false;
  return (number) => !Number.isSafeInteger(number) || Math.fround(number) !== number;
}

function wrongNumber({ source, header }: OpenedArray, into: Stored, number: number, index: number): ConvoyError {
  const given = `the ${header.element} number ${number} at index ${index} of ${source.description}, which has the shape ${formatShape(header.shape)}`;
  if (header.element === 'bool') {
    const expected = 'the bytes 0 and 1 for the values of bool';
    return new ConvoyError('CONVOY_FILE_FORMAT', { given, expected, fix: 'Write the file again.' });
  }
  if (isInt32Array(into)) {
    const expected = 'a label: a whole number of 0 or more';
    return new ConvoyError('CONVOY_INVALID_LABEL', { given, expected, fix: 'Number the classes from 0.' });
  }
  return new ConvoyError('CONVOY_INVALID_DATA', {
    given,
    expected: 'integers that float32 can hold, which is every integer up to 2^24',
    fix: 'Write the array as float32 or float64 if it may be rounded.',
  });
}
