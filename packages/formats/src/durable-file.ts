// Files that are whole or absent, whenever the process or the machine stops.
import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Writes a file so that `path` holds either what it held before or all of `bytes`, and the latter for good once this
 * returns. A process killed meanwhile may leave a file `<path>.<uuid>.tmp` behind.
 * @throws what the file system reports
 */
export async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeAndSync(temporary, bytes);
    await rename(temporary, path);
  } catch (error) {
    // The first error tells why; whether the remains could be removed does not matter.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncDirectory(dirname(path));
}

async function writeAndSync(path: string, bytes: Uint8Array): Promise<void> {
  // Never the file of someone else: 'wx' refuses one that exists.
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Makes it durable which files and folders a directory has. Windows opens no directories, and needs no such step.
 * @throws what the file system reports
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
