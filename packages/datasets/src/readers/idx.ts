// Data sets of IDX files, of any shape and with any classes.
import type { StoredDataset } from '../dataset/dataset.ts';
import { type ArrayNames, type ArrayOptions, readArrayFiles } from './array-dataset.ts';
import { openIdx } from './idx-header.ts';

/** Options of `idx`: the paths of the files, and what the files do not say themselves. */
export interface IdxOptions extends ArrayNames, ArrayOptions {}

/**
 * Reads a data set from IDX files, plain or compressed with gzip. Bytes stay bytes and are scaled by 1/255; all other
 * numbers become float32. Samples of shape [H, W] become images [1, H, W].
 *
 * ```ts
 * const letters = await idx({ inputs: 'letters-images-idx3-ubyte.gz', labels: 'letters-labels-idx1-ubyte.gz' });
 * ```
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE, CONVOY_FILE_FORMAT,
 * CONVOY_OUT_OF_MEMORY
 * @throws ConvoyError CONVOY_INVALID_LABEL, CONVOY_INVALID_DATA and CONVOY_NOT_FINITE for numbers in the files
 */
export const idx = async (options: IdxOptions): Promise<StoredDataset> => readArrayFiles('idx', options, openIdx);
