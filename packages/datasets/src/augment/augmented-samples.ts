// The samples of a data set as training sees them, for people to look at.
import { ConvoyError, formatShape, sizeOf } from '@convoy/tensor';
import type { Dataset, Labels } from '../dataset/dataset.ts';
import { openRows, type Rows } from '../dataset/open-rows.ts';
import { elementOf } from '../dataset/source.ts';
import type { Augmentation } from './augmentation.ts';
import { Augmenter } from './augmenter.ts';
import type { Row } from './canvas.ts';

/** Reads samples and augments them as training does. */
export class AugmentedSamples {
  /** The sample that was read last. */
  readonly original: Row;
  readonly #masks: Labels | undefined;
  readonly #rows: Rows;
  readonly #augmenter: Augmenter;

  private constructor(dataset: Dataset, rows: Rows, augmenter: Augmenter) {
    this.original = rowsFor(dataset, 1);
    this.#masks = masksOf(dataset);
    this.#rows = rows;
    this.#augmenter = augmenter;
  }

  /** @throws ConvoyError of `Augmenter` if the augmentations are not for these samples, or of the reader of the data set */
  static async open(dataset: Dataset, augment: readonly Augmentation[], seed: number): Promise<AugmentedSamples> {
    const { sampleShape, source } = dataset;
    const masks = masksOf(dataset);
    const augmenter = new Augmenter(augment, {
      ...{ sampleShape, element: elementOf(source), seed },
      ...(masks && { maskShape: masks.shape }),
      ...(masks?.ignoreLabel !== undefined && { fillLabel: masks.ignoreLabel }),
    });
    return new AugmentedSamples(dataset, await openRows(dataset), augmenter);
  }

  async read(sample: number): Promise<void> {
    await this.#rows.read(sample, this.original);
  }

  /** Writes the augmented form of the sample that was read last, whose number is `sample`. */
  augment(epoch: number, sample: number, to: Row, toOffset: number): void {
    this.#augmenter.apply(this.original, 0, to, toOffset, epoch, sample);
  }

  /** Writes the labels of the pixels of the sample that was augmented last. */
  augmentMask(sample: number, to: Int32Array, toOffset: number): void {
    const masks = this.#masks;
    if (masks) this.#augmenter.applyToMask(masks.labels, sample * sizeOf(masks.shape), to, toOffset);
  }

  async close(): Promise<void> {
    await this.#rows.close();
  }
}

/** The targets, if they are a label for each pixel. */
export const masksOf = ({ targets }: Dataset): Labels | undefined =>
  targets.kind === 'labels' && targets.shape.length === 2 ? targets : undefined;

/**
 * Memory for rows of a data set.
 * @throws ConvoyError CONVOY_OUT_OF_MEMORY
 */
export function rowsFor({ source, sampleShape }: Dataset, samples: number): Row {
  const numbers = samples * sizeOf(sampleShape);
  try {
    return new (elementOf(source) === 'uint8' ? Uint8Array : Float32Array)(numbers);
  } catch (cause) {
    throw new ConvoyError('CONVOY_OUT_OF_MEMORY', {
      given: `${samples} augmented samples of shape ${formatShape(sampleShape)}`,
      expected: 'samples for which there is memory',
      fix: 'Request fewer samples.',
      cause,
    });
  }
}
