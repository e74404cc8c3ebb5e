// Writes files that are either complete or absent, even if the process or the machine stops during the write.
import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Writes a file in one step: at any time, `path` contains either its earlier content or all of `bytes`. When the
 * promise resolves, the bytes are on the disk. A process that is killed during the write may leave a file
 * `<path>.<uuid>.tmp`.
 * @throws the error of the file system
 */
export async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeAndSync(temporary, bytes);
    await rename(temporary, path);
  } catch (error) {
    // Report the first error, even if the temporary file cannot be removed.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncDirectory(dirname(path));
}

async function writeAndSync(path: string, bytes: Uint8Array): Promise<void> {
  // 'wx' fails if the file exists, so this never overwrites another file.
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Syncs a directory, so that its list of files survives a crash of the machine. Does nothing on Windows, which cannot
 * open directories and needs no such step.
 * @throws the error of the file system
 */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(path);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
