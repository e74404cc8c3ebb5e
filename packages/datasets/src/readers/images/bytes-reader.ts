// The reader of images whose encoded bytes are in memory, which decoders load.
import type { RowReader } from '../../dataset/dataset.ts';
import { ImageDecoder } from './image-decoder.ts';
import type { ImageForm } from './image-options.ts';

export interface BytesReaderOptions {
  /** The bytes of all images. */
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  /** (rows + 1): where the image of each row begins, and where the last one ends. */
  readonly offsets: Float64Array<SharedArrayBuffer>;
  /** What messages call the images, before the number of the row. */
  readonly name: string;
  readonly form: ImageForm;
}

/** @throws ConvoyError CONVOY_PACKAGE_MISSING */
export async function openReader({ bytes, offsets, name, form }: BytesReaderOptions): Promise<RowReader> {
  const decoder = await ImageDecoder.open();
  return {
    read: (row, into) =>
      decoder.decode(imageAt({ bytes, offsets }, row), form, `${name}, row ${row}`, into as Uint8Array),
  };
}

/** A copy of the bytes of an image: decoders take no shared memory. */
export const imageAt = ({ bytes, offsets }: Pick<BytesReaderOptions, 'bytes' | 'offsets'>, row: number): Buffer =>
  Buffer.from(bytes.slice(offsets[row], offsets[row + 1]));
