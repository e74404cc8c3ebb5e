// The reader of an image folder, which decoders load.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
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
export const readImage = (path: string): Promise<Buffer> =>
  readFile(path).catch((cause) => Promise.reject(fileError('read', path, cause)));
