// Opens files for the readers of data sets: only files, never directories or pipes, and only as many bytes as the
// format promises. Compressed bytes are decompressed a chunk at a time.
import { type FileHandle, open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip, type Gunzip, type InflateRaw } from 'node:zlib';
import { ConvoyError } from '@convoy/tensor';
import { errorCode, errorMessage, fileError } from '@convoy/tensor/errors';
import { ByteReader } from './byte-reader.ts';

/** A file that is open. */
export interface OpenedFile {
  readonly path: string;
  readonly handle: FileHandle;
  readonly size: number;
}

/** Bytes in order, and what is known about their number before they are read. */
export interface ByteSource {
  /** What messages call it: its kind, its path and its size. */
  readonly description: string;
  /** The number of bytes. Undefined if it is known only at the end, because they are compressed. */
  readonly exactBytes?: number;
  /** No more bytes than these can come. */
  readonly maxBytes: number;
  readonly bytes: ByteReader;
}

/** What to do about a file that is damaged, as a sentence. */
export const DOWNLOAD_AGAIN = 'Download the file again. It is truncated, damaged or a different file.';

/** The best ratio of deflate, which needs two bits or more for a run of 258 bytes (Adler, "Zlib Technical Details"). */
export const MAX_COMPRESSION = 1032;

/** Bytes that are in memory at a time. */
export const CHUNK_BYTES = 2 ** 20;

/**
 * Opens a file, calls `use`, and closes the file.
 * @throws ConvoyError CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE, and what `use` throws
 */
export async function withFile<T>(path: string, use: (file: OpenedFile) => Promise<T>): Promise<T> {
  try {
    // To open a pipe would wait for its writer, so the check comes first.
    const kind = await stat(path);
    if (!kind.isFile()) throw notAFile(path, kind.isDirectory() ? 'a directory' : 'a device, a pipe or a socket');
    const handle = await open(path);
    try {
      return await use({ path, handle, size: (await handle.stat()).size });
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw error instanceof ConvoyError ? error : fileError('read', path, error);
  }
}

/**
 * Opens a file, calls `read` with its bytes, and closes the file. A file that begins with the bytes 1f 8b is
 * decompressed with gzip; it may have several members, and zeros behind the last one (RFC 1952).
 * @throws ConvoyError CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE, and what `read` throws
 * @throws ConvoyError CONVOY_FILE_FORMAT if the file cannot be decompressed
 */
export const readBytes = <T>(path: string, read: (source: ByteSource) => Promise<T>): Promise<T> =>
  withFile(path, async (file) => {
    const { size } = file;
    const start = await file.handle.read({ buffer: Buffer.alloc(2), position: 0 });
    const isCompressed = start.bytesRead === 2 && start.buffer.readUInt16BE() === 0x1f8b;
    const description = `the ${isCompressed ? 'gzip ' : ''}file ${JSON.stringify(path)} of ${size} bytes`;
    const bytes = new ByteReader(isCompressed ? gunzipped(file, description) : chunksOf(file, 0, size));
    try {
      return await read({
        ...{ description, bytes, maxBytes: isCompressed ? size * MAX_COMPRESSION : size },
        ...(!isCompressed && { exactBytes: size }),
      });
    } finally {
      await bytes.close();
    }
  });

/** The bytes from `start` to before `end`, or to the end of a file that became shorter meanwhile. */
export async function* chunksOf({ handle }: OpenedFile, start: number, end: number): AsyncGenerator<Uint8Array> {
  for (let position = start; position < end; ) {
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, end - position));
    const { bytesRead } = await handle.read({ buffer, position });
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    position += bytesRead;
  }
}

/**
 * Decompresses chunks.
 * @returns the number of compressed bytes, behind which there may be others
 * @throws ConvoyError CONVOY_FILE_FORMAT if the chunks cannot be decompressed
 */
export async function* decompressed(
  chunks: AsyncIterable<Uint8Array>,
  create: (options: { readonly chunkSize: number }) => Gunzip | InflateRaw,
  description: string,
): AsyncGenerator<Uint8Array, number> {
  // The reader is not the last stage of the pipeline: on Node 20 and 22, a pipeline reports that it was aborted instead
  // of what its last stage threw.
  const stream = pipeline(chunks, create({ chunkSize: CHUNK_BYTES }), () => {});
  try {
    yield* stream;
    return stream.bytesWritten;
  } catch (error) {
    throw errorCode(error)?.startsWith('Z_') ? damaged(description, errorMessage(error), error) : error;
  } finally {
    stream.destroy();
  }
}

/** Behind the last member of a gzip file there may be zeros. Node skips everything that begins with a zero. */
async function* gunzipped(file: OpenedFile, description: string): AsyncGenerator<Uint8Array> {
  const end = yield* decompressed(chunksOf(file, 0, file.size), createGunzip, description);
  for await (const chunk of chunksOf(file, end, file.size)) {
    if (chunk.some((byte) => byte !== 0)) throw damaged(description, `other data follows its first ${end} bytes`);
  }
}

const notAFile = (path: string, kind: string) =>
  new ConvoyError('CONVOY_FILE_UNREADABLE', {
    given: `the path ${JSON.stringify(path)}, which is ${kind}`,
    expected: 'a file',
    fix: 'Pass the path of a file.',
  });

const damaged = (description: string, reason: string, cause?: unknown) =>
  new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `${description}, which cannot be decompressed (${reason})`,
    expected: 'intact compressed data',
    fix: DOWNLOAD_AGAIN,
    cause,
  });
