// The reader of images in tar files, which decoders load.
import { closeSync, openSync, readSync } from 'node:fs';
import { ConvoyError } from '@convoy/tensor';
import { fileError } from '@convoy/tensor/errors';
import type { RowReader } from '../../dataset/dataset.ts';
import { ImageDecoder } from './image-decoder.ts';
import type { ImageForm } from './image-options.ts';

export interface TarReaderOptions {
  readonly paths: readonly string[];
  /** For each row: the file, and where its image is. */
  readonly files: Int32Array;
  readonly offsets: Float64Array;
  readonly lengths: Float64Array;
  /** For each row: the name of its image, for messages. */
  readonly names: readonly string[];
  readonly form: ImageForm;
}

/** Files that are kept open. */
const MAX_OPEN = 64;

/** @throws ConvoyError CONVOY_PACKAGE_MISSING */
export async function openReader(options: TarReaderOptions): Promise<RowReader> {
  const { names, form } = options;
  const decoder = await ImageDecoder.open();
  const bytes = new TarBytes(options);
  return {
    read: (row, into) => decoder.decode(bytes.read(row), form, names[row] as string, into as Uint8Array),
    close: () => bytes.close(),
  };
}

/** Reads the bytes of images, with a few files open. */
export class TarBytes {
  readonly #options: TarReaderOptions;
  /** In the order of their last use. */
  readonly #open = new Map<number, number>();

  constructor(options: TarReaderOptions) {
    this.#options = options;
  }

  /** @throws ConvoyError CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE; CONVOY_FILE_FORMAT if the file has changed */
  read(row: number): Buffer {
    const { paths, files, offsets, lengths } = this.#options;
    const file = files[row] as number;
    const length = lengths[row] as number;
    const path = paths[file] as string;
    const bytes = Buffer.alloc(length);
    try {
      const read = readSync(this.#handleOf(file, path), bytes, 0, length, offsets[row] as number);
      if (read === length) return bytes;
    } catch (cause) {
      throw fileError('read', path, cause);
    }
    throw new ConvoyError('CONVOY_FILE_FORMAT', {
      given: `the file ${JSON.stringify(path)}, which is shorter than when it was opened`,
      expected: 'a file that stays as it is',
      fix: 'Open the data set again.',
    });
  }

  close(): void {
    for (const handle of this.#open.values()) closeSync(handle);
    this.#open.clear();
  }

  #handleOf(file: number, path: string): number {
    const known = this.#open.get(file);
    this.#open.delete(file);
    const handle = known ?? openSync(path, 'r');
    this.#open.set(file, handle);
    if (this.#open.size > MAX_OPEN) {
      const [[oldest, unused]] = this.#open.entries() as unknown as [[number, number]];
      closeSync(unused);
      this.#open.delete(oldest);
    }
    return handle;
  }
}
