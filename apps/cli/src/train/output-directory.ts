// A directory that a run writes to, which is checked before the run starts.
import { mkdir, mkdtemp, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncDirectory } from '@convoy/formats';
import { errorCode, fileError } from '@convoy/tensor/errors';

/**
 * Creates the directory if it is missing, and makes sure that files can be written there, so that a typing error does
 * not cost hours of training. It creates an entry, because the permissions alone do not tell that a disk is read-only.
 * @throws ConvoyError CONVOY_FILE_UNWRITABLE
 */
export async function prepareDirectory(path: string): Promise<void> {
  try {
    await makeDirectory(path);
    await rmdir(await mkdtemp(join(path, '.writable-')));
  } catch (cause) {
    throw fileError('write', path, cause);
  }
}

/**
 * Like `mkdir` with `recursive`, but new directories are on the disk when this returns. `mkdir` itself never returns if
 * a parent exists and accepts no entries, as for /proc/runs.
 * @throws the error of the file system
 */
export async function makeDirectory(path: string): Promise<void> {
  if (await isDirectory(path)) return;
  const parent = dirname(path);
  await makeDirectory(parent);
  await mkdir(path).catch(async (error) => {
    // Another process may have created it in the meantime.
    if (!(await isDirectory(path))) throw error;
  });
  await syncDirectory(parent);
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
