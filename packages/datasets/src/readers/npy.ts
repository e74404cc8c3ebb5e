// Data sets of NumPy's .npy files.
import type { StoredDataset } from '../dataset/dataset.ts';
import { type ArrayNames, type ArrayOptions, readArrayFiles } from './array-dataset.ts';
import { readBytes } from './file-bytes.ts';
import { openNpy } from './npy-header.ts';

/** Options of `npy`: the paths of the files, and what the files do not say themselves. */
export interface NpyOptions extends ArrayNames, ArrayOptions {}

/**
 * Reads a data set from .npy files, in C or Fortran order, of either byte order. Bytes stay bytes and are scaled by
 * 1/255; bool, float16, float64 and integers become float32. Samples of shape [H, W] become images [1, H, W].
 *
 * ```ts
 * const train = await npy({ inputs: 'x_train.npy', labels: 'y_train.npy', layout: 'NHWC' });
 * ```
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE, CONVOY_FILE_FORMAT,
 * CONVOY_OUT_OF_MEMORY
 * @throws ConvoyError CONVOY_INVALID_LABEL, CONVOY_NOT_FINITE and CONVOY_INVALID_DATA for numbers in the files; the last
 * one also for integers that float32 cannot hold
 */
export const npy = async (options: NpyOptions): Promise<StoredDataset> =>
  readArrayFiles('npy', options, (path, read) => readBytes(path, async (source) => read(await openNpy(source))));
