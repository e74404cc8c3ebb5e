// The directory a run writes to, tried out before the run starts.
import { mkdir, mkdtemp, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncDirectory } from '@convoy/formats';
import { fileError } from '@convoy/tensor/errors';

/**
 * Makes the directory unless it exists, and makes sure that files can be written there: hours of training must not be lost to a typing
 * error. Asking the file system for permissions would not tell of a read-only disk.
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
 * What `mkdir` does with `recursive`, for good: new directories are on the disk once this returns. That call never returns where a parent
 * exists but takes no entries, as for /proc/runs.
 */
async function makeDirectory(path: string): Promise<void> {
  if (await isDirectory(path)) return;
  const parent = dirname(path);
  await makeDirectory(parent);
  await mkdir(path).catch(async (error) => {
    // Another process may have been faster.
    if (!(await isDirectory(path))) throw error;
  });
  await syncDirectory(parent);
}

const isDirectory = (path: string): Promise<boolean> =>
  stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
