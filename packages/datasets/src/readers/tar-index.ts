// The members of a tar file: their names and where their bytes are. Nothing is extracted. The format is that of POSIX.1-2001 (ustar and pax),
// with the long names of GNU tar.
import type { FileHandle } from 'node:fs/promises';
import { ConvoyError } from '@convoy/tensor';
import { fileError } from '@convoy/tensor/errors';
import { withFile } from './file-bytes.ts';

/** A file in a tar file. */
export interface TarMember {
  readonly name: string;
  readonly offset: number;
  readonly length: number;
}

const BLOCK = 512;
/** Longer names, and longer lists of attributes, are no names of samples. */
const MAX_TEXT_BYTES = 65_536;
const MAX_MEMBERS = 2 ** 26;
const FILE_TYPES = ['0', '\0', '7'];

/**
 * Lists the regular files of a tar file.
 * @throws ConvoyError CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE; CONVOY_FILE_FORMAT for a file that is compressed, truncated, damaged or no
 * tar file
 */
export const indexTar = (path: string): Promise<readonly TarMember[]> =>
  withFile(path, ({ handle, size }) => listMembers(handle, path, size));

async function listMembers(file: FileHandle, path: string, size: number): Promise<readonly TarMember[]> {
  const members: TarMember[] = [];
  let given: { name?: string; length?: number } = {};
  for (let at = 0; at < size; ) {
    const header = await readAt(file, path, at, BLOCK);
    if (header.length < BLOCK) throw wrongTar(path, `which ends within a header, at byte ${at + header.length}`);
    if (header.every((byte) => byte === 0)) return members;
    assertHeader(header, path, at);
    const type = String.fromCharCode(header[156] as number);
    const length =
      type !== 'x' && type !== 'L' && given.length !== undefined ? given.length : numberIn(header, 124, 12, path);
    const offset = at + BLOCK;
    if (offset + length > size) {
      throw wrongTar(path, `with a member of ${length} bytes at byte ${at}, beyond its end at ${size}`);
    }
    if (type === 'L')
      given = { ...given, name: untilZero((await bytesAt(file, path, offset, length)).toString('utf8')) };
    else if (type === 'x') given = { ...given, ...attributes(await bytesAt(file, path, offset, length), path) };
    else {
      if (FILE_TYPES.includes(type)) members.push({ name: given.name ?? nameIn(header), offset, length });
      // 'g' has attributes of all members, which none of these needs.
      if (type !== 'g') given = {};
    }
    if (members.length > MAX_MEMBERS) throw wrongTar(path, `with more than ${MAX_MEMBERS} members`);
    at = offset + Math.ceil(length / BLOCK) * BLOCK;
  }
  throw wrongTar(path, 'which ends without the blocks of zeros that end a tar file');
}

/** The checksum is the sum of all bytes of the header, with spaces in its own place. */
function assertHeader(header: Buffer, path: string, at: number): void {
  if (at === 0 && header.readUInt16BE(0) === 0x1f8b) {
    throw new ConvoyError('CONVOY_FILE_FORMAT', {
      given: `the file ${JSON.stringify(path)}, which is compressed with gzip`,
      expected: 'a tar file that is not compressed, because samples are read in any order',
      fix: 'Decompress it, for example with gunzip.',
    });
  }
  const sum = header.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0);
  if (numberIn(header, 148, 8, path) !== sum) throw wrongTar(path, `with a damaged header at byte ${at}`);
}

/** An octal number in text, or a binary one whose first bit is set. */
function numberIn(header: Buffer, start: number, bytes: number, path: string): number {
  const field = header.subarray(start, start + bytes);
  if ((field[0] as number) >= 0x80) {
    const number = field.reduce((value, byte, i) => value * 256 + (i === 0 ? byte & 0x7f : byte), 0);
    if (Number.isSafeInteger(number)) return number;
    throw wrongTar(path, 'with a number that is too large');
  }
  const text = untilZero(field.toString('latin1')).trim();
  if (/^[0-7]*$/.test(text)) return text === '' ? 0 : Number.parseInt(text, 8);
  throw wrongTar(path, `with ${JSON.stringify(text)} in place of an octal number`);
}

function nameIn(header: Buffer): string {
  const field = (start: number, bytes: number) => untilZero(header.toString('utf8', start, start + bytes));
  const isUstar = header.toString('latin1', 257, 262) === 'ustar';
  const prefix = isUstar ? field(345, 155) : '';
  return prefix === '' ? field(0, 100) : `${prefix}/${field(0, 100)}`;
}

/** Records of pax: "length key=value\\n", where the length counts the whole record. */
function attributes(bytes: Buffer, path: string): { name?: string; length?: number } {
  const found: { name?: string; length?: number } = {};
  for (let at = 0; at < bytes.length; ) {
    const [, digits = '', key = ''] = /^(\d{1,6}) ([^=]*)=/.exec(bytes.toString('latin1', at, at + 300)) ?? [];
    const length = Number(digits);
    const start = at + digits.length + 1 + key.length + 1;
    if (digits === '' || at + length > bytes.length || start >= at + length)
      throw wrongTar(path, 'with damaged attributes');
    const value = bytes.toString('utf8', start, at + length - 1);
    if (key === 'path') found.name = value;
    if (key === 'size') {
      found.length = Number(value);
      if (!/^\d+$/.test(value) || !Number.isSafeInteger(found.length)) throw wrongTar(path, 'with a damaged size');
    }
    at += length;
  }
  return found;
}

const untilZero = (text: string): string => (text.includes('\0') ? text.slice(0, text.indexOf('\0')) : text);

async function bytesAt(file: FileHandle, path: string, at: number, length: number): Promise<Buffer> {
  if (length > MAX_TEXT_BYTES) throw wrongTar(path, `with a name of ${length} bytes`);
  return readAt(file, path, at, length);
}

async function readAt(file: FileHandle, path: string, position: number, length: number): Promise<Buffer> {
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(length), position });
    return buffer.subarray(0, bytesRead);
  } catch (cause) {
    throw fileError('read', path, cause);
  }
}

const wrongTar = (path: string, given: string) =>
  new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `the file ${JSON.stringify(path)}, ${given}`,
    expected: 'a complete tar file',
    fix: 'Copy or create the file again.',
  });
