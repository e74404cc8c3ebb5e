// Packed data sets with several parts: `photos.safetensors` alone, or `photos.train.safetensors`, `photos.test.safetensors` ….
import { type Dataset, type DatasetSplits, pack, packed } from '@convoy/datasets';
import { ConvoyError, describeValue, isConvoyError } from '@convoy/tensor/errors';

const EXTENSION = '.safetensors';
const PARTS = ['train', 'test', 'validation'] as const;

const partPath = (path: string, part: string): string => `${path.slice(0, -EXTENSION.length)}.${part}${EXTENSION}`;

/** Whether a path is that of a packed data set. Its files may have longer names. */
export const isPackedPath = (path: string): boolean => path.endsWith(EXTENSION);

/** @throws ConvoyError CONVOY_INVALID_OPTION */
export function checkPackedPath(path: string): void {
  if (isPackedPath(path)) return;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `the file ${describeValue(path)}`,
    expected: `a path that ends in ${EXTENSION}`,
    fix: `Pass for example photos${EXTENSION}.`,
  });
}

/**
 * Writes each part to a file of its own; training data alone gets the path itself.
 * @returns the paths of all files
 * @throws ConvoyError of `pack`
 */
export async function packSplits(splits: DatasetSplits, path: string): Promise<readonly string[]> {
  const parts = PARTS.flatMap((part): [string, Dataset][] => {
    const dataset = splits[part];
    return dataset ? [[part, dataset]] : [];
  });
  if (parts.length === 1) return pack(splits.train, path);
  const written: string[] = [];
  for (const [part, dataset] of parts) written.push(...(await pack(dataset, partPath(path, part))));
  return written;
}

/** @throws ConvoyError of `packed` */
export async function packedSplits(path: string): Promise<DatasetSplits> {
  const train = await packedIfPresent(partPath(path, 'train'));
  if (!train) return { train: await packed(path) };
  const test = await packedIfPresent(partPath(path, 'test'));
  const validation = await packedIfPresent(partPath(path, 'validation'));
  return { train, ...(test && { test }), ...(validation && { validation }) };
}

async function packedIfPresent(path: string): Promise<Dataset | undefined> {
  try {
    return await packed(path);
  } catch (error) {
    if (isConvoyError(error) && error.code === 'CONVOY_FILE_NOT_FOUND') return undefined;
    throw error;
  }
}
