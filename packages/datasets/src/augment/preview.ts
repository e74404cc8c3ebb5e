// The samples that training sees, computed by the code that training uses.
import { positiveInteger, type Shape, sizeOf } from '@convoy/tensor';
import { checkOptions, checkSeed, listOf, optional } from '@convoy/tensor/checks';
import type { Dataset } from '../dataset/dataset.ts';
import { checkDataset } from '../dataset/dataset-checks.ts';
import type { Augmentation } from './augmentation.ts';
import { AugmentedSamples, masksOf, rowsFor } from './augmented-samples.ts';
import { augmentation, epochNumber } from './option-checks.ts';

/** Options of `preview`. */
export interface PreviewOptions {
  /** The augmentations of single samples, in their order. */
  readonly augment: readonly Augmentation[];
  /** The seed of the trainer. */
  readonly seed: number;
  /** The number of the epoch; the first is 0. */
  readonly epoch: number;
  /** How many samples, from the first on; default all. */
  readonly samples?: number;
}

/** Augmented samples. */
export interface Preview {
  /** (samples, ...sampleShape), row-major, of the type of the samples of the data set, not normalized. */
  readonly rows: Uint8Array | Float32Array;
  /** [samples, ...sampleShape] */
  readonly shape: Shape;
  /** (samples, height, width): the labels of pixels, if each pixel has one. */
  readonly masks?: Int32Array;
}

/**
 * The augmented samples of an epoch: exactly the numbers that training sees before it normalizes them.
 *
 * ```ts
 * const { rows } = await preview(train, { augment: [horizontalFlip()], seed: 1, epoch: 0, samples: 16 });
 * ```
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_UNKNOWN_NAME, CONVOY_INVALID_DATA
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH for augmentations that cannot augment such samples, and for more samples
 * than there are
 */
export async function preview(dataset: Dataset, options: PreviewOptions): Promise<Preview> {
  const { length, sampleShape } = checkDataset('the data set', dataset);
  const { augment, seed, epoch, samples } = checkOptions('preview', options, {
    augment: listOf(augmentation),
    seed: checkSeed,
    epoch: epochNumber,
    samples: optional((name, value) => positiveInteger(name, value, length), length),
  });
  const size = sizeOf(sampleShape);
  const maskSize = sizeOf(masksOf(dataset)?.shape ?? [0]);
  const augmented = await AugmentedSamples.open(dataset, augment, seed);
  try {
    const rows = rowsFor(dataset, samples);
    const masks = new Int32Array(samples * maskSize);
    for (let sample = 0; sample < samples; sample++) {
      await augmented.read(sample);
      augmented.augment(epoch, sample, rows, sample * size);
      augmented.augmentMask(sample, masks, sample * maskSize);
    }
    return { rows, shape: [samples, ...sampleShape], ...(maskSize > 0 && { masks }) };
  } finally {
    await augmented.close();
  }
}
