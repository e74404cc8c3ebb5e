// Reads IDX files, plain or compressed with gzip, into shared memory.
import type { Shape } from '@convoy/tensor';
import { text } from '@convoy/tensor/checks';
import { allocateShared } from '../dataset/shared-array.ts';
import { dataBytesOf, fillWithElements } from './array-header.ts';
import { type IdxElement, openIdx } from './idx-header.ts';

/** The elements of an IDX file in shared memory. */
export type IdxData =
  | Uint8Array<SharedArrayBuffer>
  | Int8Array<SharedArrayBuffer>
  | Int16Array<SharedArrayBuffer>
  | Int32Array<SharedArrayBuffer>
  | Float32Array<SharedArrayBuffer>
  | Float64Array<SharedArrayBuffer>;

/** The content of an IDX file. */
export interface IdxArray {
  readonly shape: Shape;
  /** The elements, row-major, in the typed array of their type. */
  readonly data: IdxData;
}

/**
 * Reads an IDX file. A file that begins with the bytes 1f 8b is decompressed with gzip.
 *
 * ```ts
 * const { shape, data } = await readIdx('train-images-idx3-ubyte.gz'); // [60000, 28, 28], a Uint8Array
 * ```
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE, CONVOY_OUT_OF_MEMORY
 * @throws ConvoyError CONVOY_FILE_FORMAT if the format is not IDX, or the file is damaged or has another length than
 * its header says. The message names the file and both lengths.
 */
export const readIdx = async (path: string): Promise<IdxArray> =>
  openIdx(text('path', path), async (array) => {
    const { element, shape } = array.header;
    const buffer = allocateShared(dataBytesOf(array.header));
    await fillWithElements(array, new Uint8Array(buffer));
    return { shape, data: decode(element, buffer) };
  });

/** Converts the elements from big-endian to the byte order of the machine, in place. */
function decode(element: IdxElement, buffer: SharedArrayBuffer): IdxData {
  const view = new DataView(buffer);
  switch (element) {
    case 'uint8':
      return new Uint8Array(buffer);
    case 'int8':
      return new Int8Array(buffer);
    case 'int16':
      return reordered(new Int16Array(buffer), (offset) => view.getInt16(offset));
    case 'int32':
      return reordered(new Int32Array(buffer), (offset) => view.getInt32(offset));
    case 'float32':
      return reordered(new Float32Array(buffer), (offset) => view.getFloat32(offset));
    case 'float64':
      return reordered(new Float64Array(buffer), (offset) => view.getFloat64(offset));
  }
}

function reordered<T extends Exclude<IdxData, Uint8Array | Int8Array>>(
  data: T,
  read: (byteOffset: number) => number,
): T {
  for (let i = 0; i < data.length; i++) data[i] = read(i * data.BYTES_PER_ELEMENT);
  return data;
}
