// Loads samples that are read into memory.
import { sizeOf } from '@convoy/tensor';
import type { Dataset, StoredDataset } from './dataset.ts';
import { checkDataset } from './dataset-checks.ts';
import { openRows } from './open-rows.ts';
import { allocateShared } from './shared-array.ts';
import { elementOf } from './source.ts';

/** How many samples are read at the same time: decoders of images work in threads of their own. */
const AT_ONCE = 4;

/**
 * Reads all samples of a data set into shared memory, in this thread. A trainer does the same by itself, in threads, for a data set that fits into its
 * `memoryBudget`; `load` is for other uses of the samples. A data set that is in memory is returned as it is.
 *
 * ```ts
 * const { train } = await imageFolder('photos', { size: 32 });
 * const { source } = await load(train); // source.samples: a Uint8Array
 * ```
 * @throws ConvoyError CONVOY_INVALID_DATA, CONVOY_OUT_OF_MEMORY, and the errors of the reader
 */
export async function load(dataset: Dataset): Promise<StoredDataset> {
  const { length, sampleShape, source } = checkDataset('the data set', dataset);
  if (source.kind === 'stored') return { ...dataset, source };
  const size = sizeOf(sampleShape);
  const isBytes = elementOf(source) === 'uint8';
  const buffer = allocateShared(length * size * (isBytes ? 1 : 4));
  const samples = isBytes ? new Uint8Array(buffer) : new Float32Array(buffer);
  const numbers = Array.from({ length }, (_, i) => i).values();
  const readMany = async () => {
    const rows = await openRows(dataset);
    try {
      for (const sample of numbers) await rows.read(sample, samples.subarray(sample * size, (sample + 1) * size));
    } finally {
      await rows.close();
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, length) }, readMany));
  return { ...dataset, source: { kind: 'stored', samples } };
}
