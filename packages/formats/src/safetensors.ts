// safetensors, a file format for named tensors (github.com/huggingface/safetensors): the length of the header as a
// little-endian uint64, the header, and then the elements of all tensors, little-endian. This codec supports only F32.
import { ConvoyError, Tensor } from '@convoy/tensor';
import { describeValue } from '@convoy/tensor/errors';
import {
  BYTES_PER_ELEMENT,
  decodeHeader,
  type Entry,
  encodeHeader,
  formatError,
  METADATA,
} from './safetensors-header.ts';

/** Tensors by name, in the order in which they are stored. */
export type NamedTensors = ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>;

/** The content of a safetensors file. */
export interface Safetensors {
  /** The tensors by name, in the order of their data. */
  readonly tensors: Map<string, Tensor>;
  /** Strings by name, such as `{ format: 'pt' }`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The size of the first field of a file, which is the length of the header. */
export const LENGTH_BYTES = 8;
/** The data begins at a multiple of this number of bytes. */
const ALIGNMENT = 8;
/** The limit of the reference implementation of the format. */
const MAX_HEADER_BYTES = 100_000_000;

/**
 * The bytes of a safetensors file.
 * @throws ConvoyError CONVOY_INVALID_DATA if a value is not a tensor, metadata is not a string, or a tensor has the
 * reserved name `__metadata__`
 */
export function encodeSafetensors(
  tensors: NamedTensors,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const named: [string, Tensor][] = tensors instanceof Map ? [...tensors] : Object.entries(tensors);
  checkContent(named, metadata);
  const entries: Entry[] = [];
  let dataBytes = 0;
  for (const [name, { shape, size }] of named) {
    const begin = dataBytes;
    dataBytes += size * BYTES_PER_ELEMENT;
    entries.push({ name, shape, begin, end: dataBytes });
  }
  const header = encodeHeader({ entries, metadata }, ALIGNMENT);
  const dataStart = LENGTH_BYTES + header.length;
  const bytes = new Uint8Array(dataStart + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, LENGTH_BYTES);
  for (const [index, { begin }] of entries.entries()) {
    const { data } = (named[index] as [string, Tensor])[1];
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), dataStart + begin);
  }
  return bytes;
}

/**
 * Reads the bytes of a safetensors file. The tensors share no memory with the bytes.
 * @param source what error messages call the bytes, such as the path of their file
 * @throws ConvoyError CONVOY_FILE_FORMAT for everything that the format forbids, such as a wrong length, gaps, overlaps
 * or duplicate names, and for types other than F32
 */
export function decodeSafetensors(bytes: Uint8Array, source = 'safetensors data'): Safetensors {
  const file = `${source} of ${bytes.length} bytes`;
  const dataStart = decodeDataStart(bytes, bytes.length, file);
  const data = bytes.subarray(dataStart);
  const { entries, metadata } = decodeHeader(bytes.subarray(LENGTH_BYTES, dataStart), data.length, file);
  const tensors = new Map<string, Tensor>();
  for (const { name, shape, begin, end } of entries) {
    const copy = new Uint8Array(data.subarray(begin, end));
    tensors.set(name, new Tensor(new Float32Array(copy.buffer), shape));
  }
  return { tensors, metadata };
}

/**
 * The position where the header of a file ends and its data begins.
 * @param bytes the file or its beginning, at least the first `LENGTH_BYTES`
 * @param fileBytes the size of the file
 */
export function decodeDataStart(bytes: Uint8Array, fileBytes: number, file: string): number {
  if (fileBytes < LENGTH_BYTES) throw formatError(file, 'no complete header', `at least ${LENGTH_BYTES} bytes`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const room = Math.min(fileBytes - LENGTH_BYTES, MAX_HEADER_BYTES);
  if (length > room) throw formatError(file, `a header of ${length} bytes`, `at most ${room}`);
  return LENGTH_BYTES + length;
}

function checkContent(named: readonly [string, unknown][], metadata: Readonly<Record<string, unknown>>): void {
  const wrongTensor = named.find(([name, value]) => name === METADATA || !(value instanceof Tensor));
  if (wrongTensor !== undefined) {
    throw new ConvoyError('CONVOY_INVALID_DATA', {
      given: `${describeValue(wrongTensor[1])} under the name ${describeValue(wrongTensor[0])}`,
      expected: `tensors, under any name except ${METADATA}`,
      fix: 'Convert the value to a tensor, and pass strings as metadata.',
    });
  }
  const wrongText = Object.entries(metadata).find(([, value]) => typeof value !== 'string');
  if (wrongText !== undefined) {
    throw new ConvoyError('CONVOY_INVALID_DATA', {
      given: `the metadata ${wrongText[0]}: ${describeValue(wrongText[1])}`,
      expected: 'only strings',
      fix: 'Convert the value with String(…) or JSON.stringify(…).',
    });
  }
}
