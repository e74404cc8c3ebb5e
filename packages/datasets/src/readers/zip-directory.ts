// The directory at the end of a zip file (PKWARE, APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3). Only the directory and
// the entries that are asked for are read, so a large archive takes no memory.
import { ConvoyError } from '@convoy/tensor';
import { describeValue } from '@convoy/tensor/errors';
import { DOWNLOAD_AGAIN, type OpenedFile } from './file-bytes.ts';

/** A file in a zip file, as the directory describes it. */
export interface ZipEntry {
  readonly name: string;
  /** How it is compressed: 0 is stored, 8 is deflated. */
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly checksum: number;
  readonly compressedBytes: number;
  readonly bytes: number;
  /** Where its own header begins in the file. */
  readonly offset: number;
}

const END_BYTES = 22;
const MAX_COMMENT_BYTES = 65_535;
const END64_LOCATOR_BYTES = 20;
const END64_BYTES = 56;
const ENTRY_BYTES = 46;
/** Room for 100 000 arrays with long names. */
const MAX_DIRECTORY_BYTES = 2 ** 24;

const SIGNATURES = { end: 0x06054b50, end64: 0x06064b50, end64Locator: 0x07064b50, entry: 0x02014b50 };

/** The value of a field of 32 bits whose real value is in the fields of zip64. */
const IN_ZIP64 = 0xffffffff;

/**
 * The entries of a zip file, by their names.
 * @throws ConvoyError CONVOY_FILE_FORMAT if the file is no zip file, is damaged, or has two entries of one name
 */
export async function readZipDirectory(file: OpenedFile): Promise<ReadonlyMap<string, ZipEntry>> {
  const tailStart = Math.max(0, file.size - END_BYTES - MAX_COMMENT_BYTES);
  const tail = await readRange(file, tailStart, file.size - tailStart);
  const end = endOf(tail);
  if (end === undefined) throw invalid(file, 'which has no directory of a zip file at its end');
  const { directoryBytes, directoryOffset } = await directoryRange(file, tail, end);
  if (directoryBytes > MAX_DIRECTORY_BYTES || directoryOffset + directoryBytes > file.size) {
    throw invalid(file, `whose zip directory has ${directoryBytes} bytes at ${directoryOffset}`);
  }
  const entries = new Map<string, ZipEntry>();
  for (const entry of entriesIn(file, await readRange(file, directoryOffset, directoryBytes))) {
    if (entries.has(entry.name)) throw invalid(file, `which has two entries named ${describeValue(entry.name)}`);
    entries.set(entry.name, entry);
  }
  return entries;
}

/** @throws ConvoyError CONVOY_FILE_FORMAT unless the file has all these bytes */
export async function readRange(file: OpenedFile, position: number, bytes: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.handle.read({ buffer: Buffer.alloc(bytes), position });
  if (bytesRead === bytes) return buffer;
  throw invalid(file, `which ends before the byte ${position + bytes} of a zip file`);
}

/** The error of a zip file that cannot be read. */
export const invalid = ({ path, size }: OpenedFile, fault: string) =>
  new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `the file ${JSON.stringify(path)} of ${size} bytes, ${fault}`,
    expected: 'an intact zip file in one part',
    fix: DOWNLOAD_AGAIN,
  });

/** Where the end record is: behind it are only its comment and the end of the file. */
function endOf(tail: Buffer): number | undefined {
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    const isEnd = tail.readUInt32LE(at) === SIGNATURES.end;
    if (isEnd && at + END_BYTES + tail.readUInt16LE(at + 20) === tail.length) return at;
  }
  return;
}

async function directoryRange(file: OpenedFile, tail: Buffer, end: number) {
  const directoryBytes = tail.readUInt32LE(end + 12);
  const directoryOffset = tail.readUInt32LE(end + 16);
  if (directoryBytes !== IN_ZIP64 && directoryOffset !== IN_ZIP64) return { directoryBytes, directoryOffset };
  const locator = end - END64_LOCATOR_BYTES;
  if (locator < 0 || tail.readUInt32LE(locator) !== SIGNATURES.end64Locator) {
    throw invalid(file, 'whose end of a zip64 file is missing');
  }
  const end64 = await readRange(file, uint64(tail, locator + 8), END64_BYTES);
  if (end64.readUInt32LE(0) !== SIGNATURES.end64) throw invalid(file, 'whose end of a zip64 file is damaged');
  return { directoryBytes: uint64(end64, 40), directoryOffset: uint64(end64, 48) };
}

function* entriesIn(file: OpenedFile, directory: Buffer): Generator<ZipEntry> {
  for (let at = 0; at < directory.length; ) {
    if (at + ENTRY_BYTES > directory.length || directory.readUInt32LE(at) !== SIGNATURES.entry) {
      throw invalid(file, `whose zip directory is damaged at its byte ${at}`);
    }
    const nameEnd = at + ENTRY_BYTES + directory.readUInt16LE(at + 28);
    const extraEnd = nameEnd + directory.readUInt16LE(at + 30);
    const next = extraEnd + directory.readUInt16LE(at + 32);
    if (next > directory.length) throw invalid(file, `whose zip directory is damaged at its byte ${at}`);
    const sizes = zip64Sizes(directory.subarray(nameEnd, extraEnd), {
      bytes: directory.readUInt32LE(at + 24),
      compressedBytes: directory.readUInt32LE(at + 20),
      offset: directory.readUInt32LE(at + 42),
    });
    if (sizes === undefined) throw invalid(file, `whose zip directory has no sizes at its byte ${at}`);
    yield {
      name: directory.toString('utf8', at + ENTRY_BYTES, nameEnd),
      isEncrypted: (directory.readUInt16LE(at + 8) & 1) === 1,
      method: directory.readUInt16LE(at + 10),
      checksum: directory.readUInt32LE(at + 16),
      ...sizes,
    };
    at = next;
  }
}

interface Sizes {
  readonly bytes: number;
  readonly compressedBytes: number;
  readonly offset: number;
}

/** The sizes, of which those that are too large for 32 bits are in the extra field 1, in this order. */
function zip64Sizes(extra: Buffer, sizes: Sizes): Sizes | undefined {
  let field = extraField(extra, 1);
  let isComplete = true;
  const sizeOf = (size: number) => {
    if (size !== IN_ZIP64) return size;
    isComplete &&= field.length >= 8;
    if (!isComplete) return size;
    const large = uint64(field, 0);
    field = field.subarray(8);
    return large;
  };
  const { bytes, compressedBytes, offset } = sizes;
  const large = { bytes: sizeOf(bytes), compressedBytes: sizeOf(compressedBytes), offset: sizeOf(offset) };
  return isComplete ? large : undefined;
}

function extraField(extra: Buffer, id: number): Buffer {
  for (let at = 0; at + 4 <= extra.length; ) {
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === id && end <= extra.length) return extra.subarray(at + 4, end);
    at = end;
  }
  return Buffer.alloc(0);
}

/** Sizes beyond 2^53 are rounded. They are beyond the end of every file. */
const uint64 = (bytes: Buffer, offset: number): number => Number(bytes.readBigUInt64LE(offset));
