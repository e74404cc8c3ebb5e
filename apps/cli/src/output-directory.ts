// The directory a run writes to, tried out before the run starts.
import { mkdir, mkdtemp, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from '@convoy/tensor';

/**
 * Makes the directory unless it exists, and makes sure that files can be written there: hours of training must not be lost to a typing
 * error. Asking the file system for permissions would not tell of a full or read-only disk.
 * @throws ConvoyError CONVOY_FILE_UNWRITABLE
 */
export async function prepareDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
    await rmdir(await mkdtemp(join(directory, '.writable-')));
  } catch (cause) {
    throw fileError('write', directory, cause);
  }
}
