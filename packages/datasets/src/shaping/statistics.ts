// What a data set contains: how many samples of each class, and mean and standard deviation of its channels.
import { sizeOf } from '@convoy/tensor';
import { ChannelMoments } from '../dataset/channel-moments.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { checkDataset } from '../dataset/dataset-checks.ts';
import { inUnits, type MeanAndStd, momentsOf } from '../dataset/normalization.ts';
import { openRows } from '../dataset/open-rows.ts';
import { elementOf } from '../dataset/source.ts';

/** The statistics of a data set, before normalization. Standard deviations are those of all numbers: divided by n. */
export interface Statistics extends MeanAndStd {
  readonly length: number;
  /** (classes): the number of samples, or of pixels, with each label; undefined for values. */
  readonly counts?: readonly number[];
}

/**
 * Counts the classes, and computes mean and standard deviation of each channel in float64. Bytes count as numbers from
 * 0 to 1, so the result can be passed to `withNormalization`. Samples that are read are read in this thread, one at a
 * time.
 *
 * ```ts
 * const { counts, mean, std } = await statistics(dataset);
 * ```
 * @throws ConvoyError CONVOY_INVALID_DATA, and the errors of the reader
 */
export async function statistics(dataset: Dataset): Promise<Statistics> {
  const { length, source, sampleShape } = checkDataset('the data set', dataset);
  const counts = countsOf(dataset.targets);
  const moments = source.kind === 'stored' ? momentsOf(source, sampleShape) : await momentsOfRead(dataset);
  return { length, ...(counts && { counts }), ...moments };
}

/** Calls `visit` with each sample, in their order. It must not keep the numbers. */
export async function forEachSample(
  dataset: Dataset,
  visit: (numbers: Uint8Array | Float32Array, index: number) => void,
): Promise<void> {
  const size = sizeOf(dataset.sampleShape);
  const numbers = elementOf(dataset.source) === 'uint8' ? new Uint8Array(size) : new Float32Array(size);
  const rows = await openRows(dataset);
  try {
    for (let i = 0; i < dataset.length; i++) {
      const reading = rows.read(i, numbers);
      // Samples in memory need no turn of the event loop.
      if (reading) await reading;
      visit(numbers, i);
    }
  } finally {
    await rows.close();
  }
}

async function momentsOfRead(dataset: Dataset): Promise<MeanAndStd> {
  const moments = new ChannelMoments(dataset.sampleShape);
  await forEachSample(dataset, (numbers) => moments.add(numbers));
  return inUnits(moments, elementOf(dataset.source));
}

function countsOf(targets: Dataset['targets']): number[] | undefined {
  if (targets.kind === 'values') return undefined;
  const counts = Array<number>(targets.classes).fill(0);
  for (const label of targets.labels) {
    if (label !== targets.ignoreLabel) counts[label] = (counts[label] as number) + 1;
  }
  return counts;
}
