// The header of safetensors: JSON with the type, shape and position of each tensor. Everything that the format forbids
// is an error.
import { ConvoyError, formatShape, isShape, type Shape, sizeOf } from '@convoy/tensor';
import { describeValue } from '@convoy/tensor/errors';
import { findDuplicateKey } from './json-keys.ts';

/** The content of a header. */
export interface Header {
  /** In the order of their data. The entries cover the data without gaps. */
  readonly entries: readonly Entry[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** The description of a tensor. */
export interface Entry {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: Shape;
  /** The first byte of the data and the byte after the last one, counted from the end of the header. */
  readonly begin: number;
  readonly end: number;
}

/** The key of the metadata, which cannot be the name of a tensor. */
export const METADATA = '__metadata__';
export const BYTES_PER_ELEMENT = 4;

/** A type of elements that is supported: float32, bytes, int32. */
export type ElementType = 'F32' | 'U8' | 'I32';

const BYTES_OF: Readonly<Record<ElementType, number>> = { F32: BYTES_PER_ELEMENT, U8: 1, I32: 4 };

/** The text of a header, padded with spaces to a multiple of `alignment` bytes. */
export function encodeHeader({ entries, metadata }: Header, alignment: number): Uint8Array {
  const descriptions = entries.map(({ name, type, shape, begin, end }) => [
    name,
    { dtype: type, shape, data_offsets: [begin, end] },
  ]);
  const hasMetadata = Object.keys(metadata).length > 0;
  const header = Object.fromEntries([...(hasMetadata ? [[METADATA, metadata]] : []), ...descriptions]);
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = new Uint8Array(Math.ceil(text.length / alignment) * alignment).fill(' '.charCodeAt(0));
  padded.set(text);
  return padded;
}

/**
 * Reads and checks a header.
 * @param bytes the text of the header
 * @param dataBytes the number of bytes of data after the header
 * @param source what error messages call the file
 * @param types the types that tensors may have
 * @throws ConvoyError CONVOY_FILE_FORMAT
 */
export function decodeHeader(
  bytes: Uint8Array,
  dataBytes: number,
  source: string,
  types: readonly ElementType[] = ['F32'],
): Header {
  const { [METADATA]: metadata = {}, ...descriptions } = parse(bytes, source);
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === 'string')) {
    throw formatError(source, `a ${METADATA} that is not an object of strings`, 'strings by name');
  }
  const entries = Object.entries(descriptions).map(([name, description]) =>
    decodeEntry(name, description, source, types),
  );
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkCoverage(entries, dataBytes, source);
  return { entries, metadata: metadata as Record<string, string> };
}

function parse(bytes: Uint8Array, source: string): Record<string, unknown> {
  let header: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    header = JSON.parse(text);
    const duplicate = findDuplicateKey(text);
    if (duplicate !== undefined) throw formatError(source, `${describeValue(duplicate)} twice`, 'every name once');
  } catch (cause) {
    throw cause instanceof ConvoyError
      ? cause
      : formatError(source, 'a header that cannot be parsed', 'JSON in UTF-8', cause);
  }
  if (isRecord(header) && bytes[0] === '{'.charCodeAt(0)) return header;
  throw formatError(source, 'a header that does not begin with {', 'a JSON object');
}

function decodeEntry(name: string, description: unknown, source: string, types: readonly ElementType[]): Entry {
  const tensor = `the tensor ${describeValue(name)}`;
  if (!isRecord(description)) {
    throw formatError(source, `${tensor} described by ${describeValue(description)}`, 'an object');
  }
  const { dtype, shape, data_offsets: offsets } = description;
  const type = types.find((supported) => supported === dtype);
  if (type === undefined) {
    const expected = types.length === 1 ? `${types[0]}, the only supported type` : types.join(', ');
    throw formatError(source, `${tensor} of type ${describeValue(dtype)}`, expected);
  }
  if (!isShape(shape)) {
    throw formatError(source, `${tensor} of shape ${describeValue(shape)}`, 'an array of whole numbers of 0 or more');
  }
  const [begin, end] = isPairOfOffsets(offsets) ? offsets : [0, Number.NaN];
  if (end - begin !== sizeOf(shape) * BYTES_OF[type]) {
    throw formatError(
      source,
      `${tensor} of shape ${formatShape(shape)} at the bytes ${describeValue(offsets)}`,
      `[begin, end] with ${sizeOf(shape) * BYTES_OF[type]} bytes between them`,
    );
  }
  return { name, type, shape, begin, end };
}

function checkCoverage(entries: readonly Entry[], dataBytes: number, source: string): void {
  let covered = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== covered) {
      throw formatError(
        source,
        `the tensor ${describeValue(name)} beginning at byte ${begin} of the data`,
        `${covered}, without gap or overlap`,
      );
    }
    covered = end;
  }
  if (covered !== dataBytes) {
    throw formatError(
      source,
      `tensors of ${covered} bytes in total and ${dataBytes} bytes of data`,
      'as many bytes of data as the tensors have',
    );
  }
}

/**
 * The error for a file with a wrong format.
 * @param source what the message calls the file
 * @param found what is wrong in the file
 */
export function formatError(source: string, found: string, expected: string, cause?: unknown): ConvoyError {
  return new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `${source} with ${found}`,
    expected,
    fix: 'Use an intact safetensors file of float32 tensors.',
    cause,
  });
}

function isPairOfOffsets(value: unknown): value is [number, number] {
  return (
    Array.isArray(value) && value.length === 2 && value.every((offset) => Number.isSafeInteger(offset) && offset >= 0)
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
