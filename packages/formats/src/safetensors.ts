// safetensors, a file format for named tensors (github.com/huggingface/safetensors): the length of the header as a
// little-endian uint64, the header, and then the elements of all tensors, little-endian. This codec supports only F32.
import { ConvoyError, isTensor, Tensor } from '@convoy/tensor';
import { isMap, isObject } from '@convoy/tensor/builtins';
import { text } from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';
import { createBuffer } from '@convoy/tensor/memory';
import { checkBytes } from './bytes.ts';
import {
  BYTES_PER_ELEMENT,
  decodeHeader,
  type Entry,
  encodeHeader,
  formatError,
  type Header,
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

/** The content of a file with its head: everything before its data, byte by byte. */
export interface SafetensorsParts extends Safetensors {
  readonly head: Uint8Array;
}

/** The size of the first field of a file, which is the length of the header. */
export const LENGTH_BYTES = 8;
/** The data begins at a multiple of this number of bytes. */
const ALIGNMENT = 8;
/** The limit of the reference implementation of the format. */
const MAX_HEADER_BYTES = 100_000_000;

/**
 * The bytes of a safetensors file.
 * @throws ConvoyError CONVOY_INVALID_DATA if a value is not a tensor, metadata is not a string, a tensor has the
 * reserved name `__metadata__`, or names and metadata together take more than 100 MB; CONVOY_OUT_OF_MEMORY
 */
export function encodeSafetensors(
  tensors: NamedTensors,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const parts = encodeParts(tensors, metadata);
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  const fix = 'Write the file with writeSafetensors, which needs no copy of the tensors.';
  const bytes = new Uint8Array(createBuffer({ what: 'a safetensors file', bytes: size, fix }));
  let end = 0;
  for (const part of parts) {
    bytes.set(part, end);
    end += part.length;
  }
  return bytes;
}

/**
 * The bytes of a safetensors file as its head and views of the data of its tensors, in their order.
 * @throws ConvoyError as `encodeSafetensors`
 */
export function encodeParts(
  tensors: NamedTensors,
  metadata: Readonly<Record<string, string>> = {},
): readonly [head: Uint8Array, ...data: Uint8Array[]] {
  const named = checkedTensors(tensors);
  checkMetadata(metadata);
  const entries: Entry[] = [];
  let dataBytes = 0;
  for (const [name, { shape, size }] of named) {
    const begin = dataBytes;
    dataBytes += size * BYTES_PER_ELEMENT;
    entries.push({ name, type: 'F32', shape, begin, end: dataBytes });
  }
  return [encodeHead({ entries, metadata }), ...named.map(([, tensor]) => bytesOf(tensor))];
}

/**
 * The head of a file: everything before its data.
 * @throws ConvoyError CONVOY_INVALID_DATA if it takes more than 100 MB
 */
export function encodeHead(header: Header): Uint8Array {
  const text = encodeHeader(header, ALIGNMENT);
  if (text.length > MAX_HEADER_BYTES) throw headerTooLong(text.length);
  const head = new Uint8Array(LENGTH_BYTES + text.length);
  new DataView(head.buffer).setBigUint64(0, BigInt(text.length), true);
  head.set(text, LENGTH_BYTES);
  return head;
}

/** A view of the data of a tensor. */
export const bytesOf = ({ data }: Tensor): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/**
 * Reads the bytes of a safetensors file. The tensors share no memory with the bytes.
 * @param source what error messages call the bytes, such as the path of their file
 * @throws ConvoyError CONVOY_FILE_FORMAT for everything that the format forbids, such as a wrong length, gaps, overlaps
 * or duplicate names, and for types other than F32; CONVOY_INVALID_DATA for anything else than bytes; CONVOY_OUT_OF_MEMORY
 */
export function decodeSafetensors(bytes: Uint8Array, source = 'safetensors data'): Safetensors {
  checkBytes(bytes);
  text('source', source);
  const { tensors, metadata } = decodeParts(bytes, source);
  return { tensors, metadata };
}

/**
 * `decodeSafetensors` with the head of the file.
 * @throws ConvoyError as `decodeSafetensors`
 */
export function decodeParts(bytes: Uint8Array, source: string): SafetensorsParts {
  const file = `${source} of ${bytes.length} bytes`;
  const dataStart = decodeDataStart(bytes, bytes.length, file);
  const data = bytes.subarray(dataStart);
  const { entries, metadata } = decodeHeader(bytes.subarray(LENGTH_BYTES, dataStart), data.length, file);
  const tensors = new Map<string, Tensor>();
  for (const { name, shape, begin, end } of entries) {
    const fix = 'Read the file with readSafetensors, which needs no copy of its bytes.';
    const copy = createBuffer({ what: `the tensor ${JSON.stringify(name)} of ${file}`, bytes: end - begin, fix });
    new Uint8Array(copy).set(data.subarray(begin, end));
    tensors.set(name, new Tensor(new Float32Array(copy), shape));
  }
  return { head: bytes.subarray(0, dataStart), tensors, metadata };
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

function checkedTensors(tensors: unknown): readonly (readonly [string, Tensor])[] {
  if (!isObject(tensors) || Array.isArray(tensors) || isTensor(tensors)) {
    throw new ConvoyError('CONVOY_INVALID_DATA', {
      given: `${describeValue(tensors)} as tensors`,
      expected: 'a Map of tensors by name, or an object of tensors',
      fix: 'Give each tensor a name, for example { kernel }.',
    });
  }
  const named: readonly (readonly unknown[])[] = isMap(tensors) ? [...tensors] : Object.entries(tensors);
  const wrong = named.find(([name, value]) => typeof name !== 'string' || name === METADATA || !isTensor(value));
  if (wrong === undefined) return named as readonly (readonly [string, Tensor])[];
  throw new ConvoyError('CONVOY_INVALID_DATA', {
    given: `${describeValue(wrong[1])} under the name ${describeValue(wrong[0])}`,
    expected: `tensors, under any name except ${METADATA}`,
    fix: 'Convert the value to a tensor, and pass strings as metadata.',
  });
}

function checkMetadata(metadata: unknown): void {
  if (!isObject(metadata) || Array.isArray(metadata) || isMap(metadata)) {
    throw new ConvoyError('CONVOY_INVALID_DATA', {
      given: `${describeValue(metadata)} as metadata`,
      expected: 'an object of strings',
      fix: "Pass strings by name, for example { epoch: '3' }.",
    });
  }
  const wrong = Object.entries(metadata).find(([, value]) => typeof value !== 'string');
  if (wrong === undefined) return;
  throw new ConvoyError('CONVOY_INVALID_DATA', {
    given: `the metadata ${wrong[0]}: ${describeValue(wrong[1])}`,
    expected: 'only strings',
    fix: 'Convert the value with String(…) or JSON.stringify(…).',
  });
}

const headerTooLong = (bytes: number) =>
  new ConvoyError('CONVOY_INVALID_DATA', {
    given: `tensors and metadata with a header of ${bytes} bytes`,
    expected: `at most ${MAX_HEADER_BYTES}, the limit of the format`,
    fix: 'Store shorter metadata, or fewer tensors with shorter names.',
  });
