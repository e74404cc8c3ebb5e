// The reader of an image folder, which decoders load.
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { fileError } from '@convoy/tensor/errors';
import type { RowReader } from '../../dataset/dataset.ts';
import { ImageDecoder } from './image-decoder.ts';
import type { ImageForm } from './image-options.ts';

export interface FolderReaderOptions {
  readonly root: string;
  /** The path of each row, relative to the root. */
  readonly paths: readonly string[];
  readonly form: ImageForm;
}

/** @throws ConvoyError CONVOY_PACKAGE_MISSING */
export async function openReader({ root, paths, form }: FolderReaderOptions): Promise<RowReader> {
  const decoder = await ImageDecoder.open();
  return {
    async read(row, into) {
      const path = join(root, paths[row] as string);
      await decoder.decode(await readImage(path), form, path, into as Uint8Array);
    },
  };
}

/** @throws ConvoyError CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE */
export async function readImage(path: string): Promise<Buffer> {
  try {
    // A thread that decodes has nothing else to do, and waiting is cheaper than a promise: 20 µs instead of 80 µs for a small file.
    return isMainThread ? await readFile(path) : readFileSync(path);
  } catch (cause) {
    throw fileError('read', path, cause);
  }
}
