// safetensors, the format for named tensors (github.com/huggingface/safetensors): the length of the header as a
// little-endian uint64, the header, then the elements of all tensors, little-endian. Only F32 here.
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

/** Tensors by name, in the order they are to be stored. */
export type NamedTensors = ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>;

/** What a safetensors file holds. */
export interface Safetensors {
  /** In the order of their data. */
  readonly tensors: Map<string, Tensor>;
  /** Texts by name, such as `{ format: 'pt' }`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Of the header's length, with which a file begins. */
export const LENGTH_BYTES = 8;
/** The data begins at a multiple of this. */
const ALIGNMENT = 8;
/** The limit of the reference implementation. */
const MAX_HEADER_BYTES = 100_000_000;

/**
 * The bytes of a safetensors file.
 * @throws ConvoyError CONVOY_INVALID_DATA for what is not a tensor, metadata that is not text, and the reserved name
 * `__metadata__`
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
 * Reads the bytes of a safetensors file, into tensors that share no memory with them.
 * @param source what messages call the bytes, such as the path of their file
 * @throws ConvoyError CONVOY_FILE_FORMAT for everything the format forbids: a wrong length, gaps, overlaps, a name
 * twice, other types than F32
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
 * Where the data of a file begins, which is where its header ends.
 * @param bytes the file or its beginning, at least the `LENGTH_BYTES` that it has
 * @param fileBytes how many bytes the file has
 */
export function decodeDataStart(bytes: Uint8Array, fileBytes: number, file: string): number {
  if (fileBytes < LENGTH_BYTES) throw formatError(file, 'no room for a header', `at least ${LENGTH_BYTES} bytes`);
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
      expected: `tensors, under any name but ${METADATA}`,
      fix: 'Make a tensor of it, and pass texts as metadata.',
    });
  }
  const wrongText = Object.entries(metadata).find(([, value]) => typeof value !== 'string');
  if (wrongText !== undefined) {
    throw new ConvoyError('CONVOY_INVALID_DATA', {
      given: `the metadata ${wrongText[0]}: ${describeValue(wrongText[1])}`,
      expected: 'texts only',
      fix: 'Convert it with String(…) or JSON.stringify(…).',
    });
  }
}
