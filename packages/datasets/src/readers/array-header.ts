// What the header of an array in a file says, and the comparison of its lengths with the file. Before memory is
// allocated, the header is compared with what the file can hold.
import { ConvoyError, formatShape, isShape, type Shape, sizeOf } from '@convoy/tensor';
import { describeValue } from '@convoy/tensor/errors';
import { type ByteSource, DOWNLOAD_AGAIN } from './file-bytes.ts';
import { ELEMENTS, type Element } from './number-elements.ts';

/** The header of an array, in any format. */
export interface ArrayHeader {
  /** The name of the format, for messages. */
  readonly format: string;
  readonly element: Element;
  readonly littleEndian: boolean;
  /** Whether the first dimension varies fastest, as in Fortran. Otherwise the last one does. */
  readonly fortranOrder: boolean;
  readonly shape: Shape;
  /** Bytes before the first element. */
  readonly headerBytes: number;
}

/** An array whose header has been read. The next bytes are its elements. */
export interface OpenedArray {
  readonly source: ByteSource;
  readonly header: ArrayHeader;
}

/** The bytes of all elements. */
export const dataBytesOf = ({ shape, element }: ArrayHeader): number => sizeOf(shape) * ELEMENTS[element].bytes;

/**
 * Throws unless there are dimensions, all extents are 1 or more, and the source can have as many bytes as the header says.
 * @throws ConvoyError CONVOY_FILE_FORMAT
 */
export function checkHeader(header: ArrayHeader, source: ByteSource): void {
  const { shape, headerBytes } = header;
  if (!isShape(shape) || shape.length === 0 || shape.includes(0)) throw wrongShape(header, source);
  const expected = headerBytes + dataBytesOf(header);
  const { exactBytes, maxBytes } = source;
  if (expected !== exactBytes && exactBytes !== undefined) throw wrongLength(header, source, `${exactBytes}`);
  if (expected > maxBytes) throw wrongLength(header, source, `at most ${maxBytes}`);
}

/**
 * Fills `target` with the elements, all of which it has room for, and checks that the source ends behind them.
 * @throws ConvoyError CONVOY_FILE_FORMAT
 */
export async function fillWithElements({ source, header }: OpenedArray, target: Uint8Array): Promise<void> {
  checkComplete({ source, header }, await source.bytes.fill(target));
  await checkEnd({ source, header });
}

/** @throws ConvoyError CONVOY_FILE_FORMAT unless all bytes of the elements were received */
export function checkComplete({ source, header }: OpenedArray, received: number): void {
  if (received !== dataBytesOf(header)) throw wrongLength(header, source, `${header.headerBytes + received}`);
}

/** @throws ConvoyError CONVOY_FILE_FORMAT unless the source ends behind the elements */
export async function checkEnd({ source, header }: OpenedArray): Promise<void> {
  if (await source.bytes.isAtEnd()) return;
  throw wrongLength(header, source, `more than ${header.headerBytes + dataBytesOf(header)}`);
}

/** The error of a source that ends inside of its header. */
export const incompleteHeader = (format: string, { description }: ByteSource, received: number) =>
  new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `${description}, which ends after ${received} bytes of the ${format} header`,
    expected: `a complete ${format} file`,
    fix: DOWNLOAD_AGAIN,
  });

const wrongShape = ({ format, shape }: ArrayHeader, { description }: ByteSource) =>
  new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `${description} with the shape ${isShape(shape) ? formatShape(shape) : describeValue(shape)} in its ${format} header`,
    expected: 'at least one dimension, extents of 1 or more, and at most 2^53 − 1 elements',
    fix: 'Download the file again, or use a file that is not empty.',
  });

function wrongLength(header: ArrayHeader, { description }: ByteSource, actualBytes: string): ConvoyError {
  const { format, shape, element, headerBytes } = header;
  return new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `${description}, holding ${actualBytes} bytes of ${format}`,
    expected: `${headerBytes + dataBytesOf(header)} bytes for ${formatShape(shape)} ${element} according to its header`,
    fix: DOWNLOAD_AGAIN,
  });
}
