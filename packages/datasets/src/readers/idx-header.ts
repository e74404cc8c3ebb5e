// The header of an IDX file, the format of MNIST (Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten
// digits"): two zero bytes, one byte for the type of the elements, one byte for the number of dimensions, each extent
// as a big-endian uint32, and then the elements.
import { ConvoyError, formatShape, type Shape, sizeOf } from '@convoy/tensor';

/** The type of the elements. */
export type IdxElement = 'uint8' | 'int8' | 'int16' | 'int32' | 'float32' | 'float64';

export interface IdxHeader {
  readonly element: IdxElement;
  readonly shape: Shape;
  /** Bytes before the first element. */
  readonly headerBytes: number;
  /** Bytes of all elements. */
  readonly dataBytes: number;
}

const elements: Readonly<Record<number, { readonly element: IdxElement; readonly bytes: number }>> = {
  0x08: { element: 'uint8', bytes: 1 },
  0x09: { element: 'int8', bytes: 1 },
  0x0b: { element: 'int16', bytes: 2 },
  0x0c: { element: 'int32', bytes: 4 },
  0x0d: { element: 'float32', bytes: 4 },
  0x0e: { element: 'float64', bytes: 8 },
};

/**
 * Parses the header at the beginning of `bytes`. The header is not compared with the size of a file here.
 * @returns undefined if `bytes` end before the header does
 * @throws ConvoyError CONVOY_FILE_FORMAT if the format is not IDX, or an extent is 0
 */
export function parseIdxHeader(bytes: Uint8Array, path: string): IdxHeader | undefined {
  if (bytes.length < 4) return undefined;
  const [zero, zeroToo, type, rank] = bytes as unknown as [number, number, number, number];
  const kind = elements[type];
  if (zero !== 0 || zeroToo !== 0 || kind === undefined || rank === 0) throw foreign(path, bytes.subarray(0, 4));

  const headerBytes = 4 + 4 * rank;
  if (bytes.length < headerBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, headerBytes);
  const shape = Array.from({ length: rank }, (_, dimension) => view.getUint32(4 + 4 * dimension));
  if (shape.includes(0)) throw empty(path, shape);
  return { element: kind.element, shape, headerBytes, dataBytes: sizeOf(shape) * kind.bytes };
}

function foreign(path: string, start: Uint8Array): ConvoyError {
  const hexadecimal = [...start].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `the file ${JSON.stringify(path)}, whose content begins with the bytes ${hexadecimal}`,
    expected:
      'an IDX file: 00 00, one of the types 08, 09, 0b, 0c, 0d and 0e, and a number of dimensions of 01 or more',
    fix: 'Pass the path of an IDX file, such as train-images-idx3-ubyte, plain or compressed with gzip.',
  });
}

function empty(path: string, shape: Shape): ConvoyError {
  return new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `the IDX file ${JSON.stringify(path)} with the shape ${formatShape(shape)} in its header`,
    expected: 'extents of 1 or more',
    fix: 'Download the file again, or use a file that is not empty.',
  });
}
