// Reads IDX files, plain or compressed with gzip, into shared memory. Before memory is allocated, the header is
// compared with the size of the file.
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { ConvoyError, formatShape, type Shape } from '@convoy/tensor';
import { text } from '@convoy/tensor/checks';
import { errorCode, errorMessage, fileError } from '@convoy/tensor/errors';
import { allocateShared } from '../dataset/shared-array.ts';
import { type IdxElement, type IdxHeader, parseIdxHeader } from './idx-header.ts';

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

/** A file, and what is known about the length of its content before the content is read. */
interface Source {
  readonly path: string;
  readonly compressed: boolean;
  readonly fileBytes: number;
  /** The lower 32 bits of the uncompressed length, which gzip stores at the end. Undefined for a plain file. */
  readonly recordedBytes?: number;
}

// The best ratio of deflate, which needs at least two bits for a run of 258 bytes (RFC 1951; Adler, "Zlib Technical
// Details").
const MAX_COMPRESSION = 1032;
const CHUNK_BYTES = 2 ** 20;

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
export async function readIdx(path: string): Promise<IdxArray> {
  text('path', path);
  try {
    const file = await open(path);
    try {
      return await readOpened(path, file);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw error instanceof ConvoyError ? error : fileError('read', path, error);
  }
}

async function readOpened(path: string, file: FileHandle): Promise<IdxArray> {
  const source = await inspect(path, file);
  const bytes = file.createReadStream({ start: 0, autoClose: false, highWaterMark: CHUNK_BYTES });
  const assembleBytes = (chunks: AsyncIterable<Uint8Array>) => assemble(chunks, source);
  if (!source.compressed) return pipeline(bytes, assembleBytes);
  try {
    return await pipeline(bytes, createGunzip({ chunkSize: CHUNK_BYTES }), assembleBytes);
  } catch (error) {
    throw isZlibError(error) ? damaged(source, error) : error;
  }
}

async function inspect(path: string, file: FileHandle): Promise<Source> {
  const { size } = await file.stat();
  const start = await file.read({ buffer: Buffer.alloc(2), position: 0 });
  const compressed = start.bytesRead === 2 && start.buffer.readUInt16BE() === 0x1f8b;
  if (!compressed) return { path, compressed, fileBytes: size };
  const end = await file.read({ buffer: Buffer.alloc(4), position: Math.max(0, size - 4) });
  return { path, compressed, fileBytes: size, recordedBytes: end.buffer.readUInt32LE() };
}

/** Collects the bytes of the header, checks it, then allocates memory and fills it. */
async function assemble(chunks: AsyncIterable<Uint8Array>, source: Source): Promise<IdxArray> {
  let start: Uint8Array = new Uint8Array();
  let header: IdxHeader | undefined;
  let data = new Uint8Array(allocateShared(0));
  let received = 0;
  for await (const chunk of chunks) {
    let rest = chunk;
    if (header === undefined) {
      start = Buffer.concat([start, chunk]);
      header = parseIdxHeader(start, source.path);
      if (header === undefined) continue;
      checkLength(header, source);
      data = new Uint8Array(allocateShared(header.dataBytes));
      rest = start.subarray(header.headerBytes);
    }
    if (received + rest.length > data.length) {
      throw wrongLength(header, source, `more than ${header.headerBytes + data.length}`);
    }
    data.set(rest, received);
    received += rest.length;
  }
  if (header === undefined) throw incomplete(source, start.length);
  if (received !== header.dataBytes) throw wrongLength(header, source, header.headerBytes + received);
  return { shape: header.shape, data: decode(header.element, data.buffer) };
}

/**
 * Throws if the length according to the header is not the length of a plain file, or is impossible for a compressed
 * one.
 */
function checkLength(header: IdxHeader, source: Source): void {
  const expected = header.headerBytes + header.dataBytes;
  const { compressed, fileBytes, recordedBytes = 0 } = source;
  if (!compressed) {
    if (expected !== fileBytes) throw wrongLength(header, source, fileBytes);
    return;
  }
  const max = fileBytes * MAX_COMPRESSION;
  if (expected > max) throw wrongLength(header, source, `at most ${max}`);
  if (expected % 2 ** 32 !== recordedBytes) throw wrongLength(header, source, recordedBytes);
}

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

const isZlibError = (error: unknown): boolean => errorCode(error)?.startsWith('Z_') ?? false;

const downloadAgain = 'Download the file again. It is truncated, damaged or a different file.';

function describeFile({ path, compressed, fileBytes }: Source): string {
  return `the ${compressed ? 'gzip ' : ''}file ${JSON.stringify(path)} of ${fileBytes} bytes`;
}

function incomplete(source: Source, received: number): ConvoyError {
  return new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `${describeFile(source)}, which ends after ${received} bytes of the IDX header`,
    expected: 'a complete IDX file',
    fix: downloadAgain,
  });
}

function wrongLength(header: IdxHeader, source: Source, actualBytes: number | string): ConvoyError {
  const { shape, element, headerBytes, dataBytes } = header;
  return new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `${describeFile(source)}, holding ${actualBytes} bytes of IDX`,
    expected: `${headerBytes + dataBytes} bytes for ${formatShape(shape)} ${element} according to its header`,
    fix: downloadAgain,
  });
}

function damaged(source: Source, cause: unknown): ConvoyError {
  return new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `${describeFile(source)}, which cannot be decompressed (${errorMessage(cause)})`,
    expected: 'an intact gzip file',
    fix: downloadAgain,
    cause,
  });
}
