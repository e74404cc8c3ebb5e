// The header of an IDX file, the format of MNIST (Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten
// digits"): two zero bytes, one byte for the type of the elements, one byte for the number of dimensions, each extent
// as a big-endian uint32, and then the elements.
import { ConvoyError } from '@convoy/tensor';
import { checkHeader, incompleteHeader, type OpenedArray } from './array-header.ts';
import { type ByteSource, readBytes } from './file-bytes.ts';

/** The type of the elements. */
export type IdxElement = 'uint8' | 'int8' | 'int16' | 'int32' | 'float32' | 'float64';

/** An IDX file whose header has been read. */
export interface OpenedIdx extends OpenedArray {
  readonly header: OpenedArray['header'] & { readonly element: IdxElement };
}

const elements: Readonly<Record<number, IdxElement>> = {
  0x08: 'uint8',
  0x09: 'int8',
  0x0b: 'int16',
  0x0c: 'int32',
  0x0d: 'float32',
  0x0e: 'float64',
};

/**
 * Opens an IDX file, plain or compressed with gzip, calls `read` with its header and its bytes, and closes it.
 * @throws ConvoyError CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE, CONVOY_FILE_FORMAT, and what `read` throws
 */
export const openIdx = <T>(path: string, read: (array: OpenedIdx) => Promise<T>): Promise<T> =>
  readBytes(path, async (source) => read(await readHeader(source)));

async function readHeader(source: ByteSource): Promise<OpenedIdx> {
  const start = await source.bytes.take(4);
  if (start.length < 4) throw incompleteHeader('IDX', source, start.length);
  const [zero, zeroToo, type, rank] = start as unknown as [number, number, number, number];
  const element = elements[type];
  if (zero !== 0 || zeroToo !== 0 || element === undefined || rank === 0) throw foreign(source, start);

  const extents = await source.bytes.take(4 * rank);
  if (extents.length < 4 * rank) throw incompleteHeader('IDX', source, 4 + extents.length);
  const view = new DataView(extents.buffer);
  const shape = Array.from({ length: rank }, (_, dimension) => view.getUint32(4 * dimension));
  const order = { littleEndian: false, fortranOrder: false } as const;
  const header = { format: 'IDX', element, shape, headerBytes: 4 + 4 * rank, ...order };
  checkHeader(header, source);
  return { source, header };
}

function foreign({ description }: ByteSource, start: Uint8Array): ConvoyError {
  const hexadecimal = [...start].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `${description}, whose content begins with the bytes ${hexadecimal}`,
    expected:
      'an IDX file: 00 00, one of the types 08, 09, 0b, 0c, 0d and 0e, and a number of dimensions of 01 or more',
    fix: 'Pass the path of an IDX file, such as train-images-idx3-ubyte, plain or compressed with gzip.',
  });
}
