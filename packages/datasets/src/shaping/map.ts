// A data set of changed samples.
import { ConvoyError, type Shape, sizeOf } from '@convoy/tensor';
import { isFloat32Array, isUint8Array, typedArrayName } from '@convoy/tensor/builtins';
import { checkOptions, functionOf, optional } from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';
import { checkedShape } from '../dataset/create-dataset.ts';
import type { Dataset, StoredDataset, StoredSource } from '../dataset/dataset.ts';
import { checkDataset } from '../dataset/dataset-checks.ts';
import { defaultNormalization } from '../dataset/normalization.ts';
import { allocateShared } from '../dataset/shared-array.ts';
import { elementOf } from '../dataset/source.ts';
import { infosOf, type SampleInfo } from './filter.ts';
import { forEachSample } from './statistics.ts';

/** The numbers of a changed sample: all bytes, or all floats. */
export type ChangedSample = Uint8Array | Uint8ClampedArray | Float32Array;

/** Options of `map`. */
export interface MapOptions {
  /** The shape of the changed samples. Default: that of the samples. */
  readonly sampleShape?: Shape;
}

/**
 * A data set of changed samples in memory, with the same targets. Every sample is read and changed once, in this thread;
 * the result takes the memory of all changed samples. To change samples anew in each epoch, augment them. The
 * normalization stays if the samples are still of the same type with the same channels, and else becomes the default.
 *
 * ```ts
 * const inverted = await map(dataset, (numbers) => numbers.map((x) => 255 - x));
 * ```
 * @param change gets the numbers of a sample before normalization, which it may overwrite and return
 * @throws ConvoyError CONVOY_INVALID_DATA for results of another type or size; CONVOY_NOT_FINITE, CONVOY_INVALID_OPTION,
 * CONVOY_OUT_OF_MEMORY, the errors of the reader, and what `change` throws
 */
export async function map(
  dataset: Dataset,
  change: (numbers: Uint8Array | Float32Array, sample: SampleInfo) => ChangedSample,
  options?: MapOptions,
): Promise<StoredDataset> {
  const { length, source } = checkDataset('the data set', dataset);
  functionOf()('change', change);
  const given = checkOptions('map', options, { sampleShape: optional(checkedShape) });
  const { sampleShape = dataset.sampleShape } = given;
  const size = sizeOf(sampleShape);
  const infoOf = infosOf(dataset);
  let samples: StoredSource['samples'] | undefined;
  await forEachSample(dataset, (numbers, index) => {
    const changed = change(numbers, infoOf(index));
    samples ??= allocateLike(changed, length * size);
    if (!isLike(changed, samples, size)) throw wrongSample(changed, index, size, samples);
    if (isFloat32Array(changed)) checkFinite(changed, index);
    samples.set(changed, index * size);
  });
  const changed: StoredSource = { kind: 'stored', samples: samples as StoredSource['samples'] };
  const form = { sampleShape, element: elementOf(changed) };
  const isAlike = form.element === elementOf(source) && sampleShape[0] === dataset.sampleShape[0];
  const normalization = isAlike ? dataset.normalization : defaultNormalization(form);
  return { ...dataset, sampleShape, source: changed, normalization };
}

/** Anything else than bytes is refused later, as samples that are no floats. */
function allocateLike(changed: unknown, count: number): StoredSource['samples'] {
  return areBytes(changed) ? new Uint8Array(allocateShared(count)) : new Float32Array(allocateShared(4 * count));
}

const areBytes = (changed: unknown): boolean =>
  isUint8Array(changed) || typedArrayName(changed) === 'Uint8ClampedArray';

const isLike = (changed: ChangedSample, samples: StoredSource['samples'], size: number): boolean =>
  (isUint8Array(samples) ? areBytes(changed) : isFloat32Array(changed)) && changed.length === size;

function checkFinite(numbers: Float32Array, index: number): void {
  const wrong = numbers.findIndex((number) => !Number.isFinite(number));
  if (wrong < 0) return;
  throw new ConvoyError('CONVOY_NOT_FINITE', {
    given: `${numbers[wrong]} as number ${wrong} of the changed sample ${index}`,
    expected: 'only finite numbers',
    fix: 'Correct the function that changes the samples.',
  });
}

const wrongSample = (changed: unknown, index: number, size: number, samples: StoredSource['samples']) =>
  new ConvoyError('CONVOY_INVALID_DATA', {
    given: `${describeValue(changed)} as the changed sample ${index}`,
    expected: `a ${isUint8Array(samples) ? 'Uint8Array' : 'Float32Array'} of ${size}`,
    fix: 'Return the numbers of the sample, all samples in one type; the option sampleShape says what shape they have.',
  });
