// Reads one entry of a zip file: stored or deflated, a chunk at a time, with a check of its length and checksum.
import { crc32, createInflateRaw } from 'node:zlib';
import { ConvoyError } from '@convoy/tensor';
import { ByteReader } from './byte-reader.ts';
import {
  type ByteSource,
  chunksOf,
  DOWNLOAD_AGAIN,
  decompressed,
  MAX_COMPRESSION,
  type OpenedFile,
} from './file-bytes.ts';
import { invalid, readRange, type ZipEntry } from './zip-directory.ts';

const HEADER_BYTES = 30;
const SIGNATURE = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;

/**
 * Calls `read` with the bytes of an entry.
 * @throws ConvoyError CONVOY_FILE_FORMAT if the entry is damaged or compressed in another way, and what `read` throws
 */
export async function readZipEntry<T>(
  file: OpenedFile,
  entry: ZipEntry,
  read: (source: ByteSource) => Promise<T>,
): Promise<T> {
  const { name, method, compressedBytes, bytes } = entry;
  const description = `${JSON.stringify(name)} in the zip file ${JSON.stringify(file.path)} of ${file.size} bytes`;
  if (entry.isEncrypted || (method !== STORED && method !== DEFLATED)) throw foreign(description, entry);
  const start = await startOf(file, entry);
  const maxBytes = method === STORED ? compressedBytes : compressedBytes * MAX_COMPRESSION;
  if (start + compressedBytes > file.size || bytes > maxBytes) {
    throw invalid(
      file,
      `in which ${JSON.stringify(name)} has ${compressedBytes} bytes at ${start}, for ${bytes} bytes`,
    );
  }
  const chunks = chunksOf(file, start, start + compressedBytes);
  const content = method === STORED ? chunks : decompressed(chunks, createInflateRaw, description);
  const reader = new ByteReader(checked(content, entry, description));
  try {
    return await read({ description, exactBytes: bytes, maxBytes: bytes, bytes: reader });
  } finally {
    await reader.close();
  }
}

/** The bytes of an entry follow its own header, which repeats its name. */
async function startOf(file: OpenedFile, { offset, name }: ZipEntry): Promise<number> {
  const header = await readRange(file, offset, HEADER_BYTES);
  const nameBytes = header.readUInt16LE(26);
  const ownName = await readRange(file, offset + HEADER_BYTES, nameBytes);
  if (header.readUInt32LE(0) !== SIGNATURE || ownName.toString() !== name) {
    throw invalid(file, `in which ${JSON.stringify(name)} is not at ${offset}`);
  }
  return offset + HEADER_BYTES + nameBytes + header.readUInt16LE(28);
}

async function* checked(
  chunks: AsyncIterable<Uint8Array>,
  entry: ZipEntry,
  description: string,
): AsyncGenerator<Uint8Array> {
  let checksum = 0;
  let bytes = 0;
  for await (const chunk of chunks) {
    checksum = crc32(chunk, checksum);
    bytes += chunk.length;
    if (bytes > entry.bytes) throw damaged(description, `${bytes} bytes or more`, `${entry.bytes}`);
    yield chunk;
  }
  if (bytes !== entry.bytes) throw damaged(description, `${bytes} bytes`, `${entry.bytes}`);
  if (checksum !== entry.checksum) throw damaged(description, `the checksum ${checksum}`, `${entry.checksum}`);
}

const damaged = (description: string, found: string, promised: string) =>
  new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `${description} with ${found}`,
    expected: `${promised}, as its directory says`,
    fix: DOWNLOAD_AGAIN,
  });

const foreign = (description: string, { method, isEncrypted }: ZipEntry) =>
  new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `${description}, which is ${isEncrypted ? 'encrypted' : `compressed with the method ${method}`}`,
    expected: 'an entry that is stored or deflated',
    fix: 'Write the file again, for example with numpy.savez or numpy.savez_compressed.',
  });
