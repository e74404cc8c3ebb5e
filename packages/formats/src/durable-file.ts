// Writes that are on the disk when they end.
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { optional, text } from '@convoy/tensor/checks';
import { errorCode, fileError } from '@convoy/tensor/errors';
import { checkBytes } from './bytes.ts';
import { chunksOf } from './chunks.ts';

/** The file must not exist, so a write never replaces another file by accident. */
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
const APPEND = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND;

/**
 * Writes a file in one step: at any time, `path` contains either its earlier content or all of the new one. When the
 * promise resolves, the content is on the disk. A process that is killed during the write may leave the temporary file.
 * @param content bytes, or consecutive pieces of bytes, which must not change before the promise resolves
 * @param temporary the path of the temporary file, in the same directory; default `<path>.<uuid>.tmp`
 * @throws ConvoyError CONVOY_FILE_UNWRITABLE; CONVOY_INVALID_OPTION, CONVOY_INVALID_DATA for wrong arguments
 */
export async function writeDurably(
  path: string,
  content: Uint8Array | readonly Uint8Array[],
  temporary?: string,
): Promise<void> {
  text('path', path);
  const written = optional(text, `${path}.${randomUUID()}.tmp`)('temporary', temporary);
  const pieces = Array.isArray(content) ? content : [content];
  for (const piece of pieces) checkBytes(piece);
  try {
    await writeAndSync(written, CREATE, pieces);
    await rename(written, path);
  } catch (cause) {
    // Report the first error, even if the temporary file cannot be removed.
    await rm(written, { force: true }).catch(() => undefined);
    throw fileError('write', path, cause);
  }
  await syncDirectory(dirname(path));
}

/**
 * Appends text to a file, which is created if it is missing. When the promise resolves, the text is on the disk.
 * @throws ConvoyError CONVOY_FILE_UNWRITABLE; CONVOY_INVALID_OPTION for wrong arguments
 */
export async function appendDurably(path: string, added: string): Promise<void> {
  text('path', path);
  if (added !== '') text('added', added);
  try {
    await writeAndSync(path, APPEND, [new TextEncoder().encode(added)]);
  } catch (cause) {
    throw fileError('write', path, cause);
  }
}

async function writeAndSync(path: string, flags: number, pieces: readonly Uint8Array[]): Promise<void> {
  // Node 26 refuses every fsync to a process with restricted permissions. Then each write waits for the disk.
  const isRestricted = process.permission !== undefined;
  const file = await open(path, isRestricted ? flags | constants.O_SYNC : flags);
  try {
    for (const piece of pieces) for (const chunk of chunksOf(piece)) await writeAll(file, chunk);
    await file.sync().catch((error) => {
      if (!isRestricted || errorCode(error) !== 'ERR_ACCESS_DENIED') throw error;
    });
  } finally {
    await file.close();
  }
}

/** A write may take only a part of the bytes. */
async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done)).bytesWritten;
  }
}

/**
 * Syncs a directory, so that its list of files survives a crash of the machine, as far as the file system can: many
 * cannot sync or even open a directory, and some processes are not permitted to. The files in it are synced in any
 * case, so a failure is not an error.
 */
export async function syncDirectory(path: string): Promise<void> {
  try {
    const directory = await open(path);
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  } catch {}
}
