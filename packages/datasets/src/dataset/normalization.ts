// The normalizations that users can choose, as the numbers of a data set.
import { ConvoyError, formatShape, type Shape, sizeOf } from '@convoy/tensor';
import { isObject } from '@convoy/tensor/builtins';
import { checkOptions, float32Number, type OptionCheck } from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';
import { ChannelMoments } from './channel-moments.ts';
import type { Normalization, ReadSource, StoredSource } from './dataset.ts';

/** Mean and standard deviation of each channel. Bytes count as numbers from 0 to 1: 255 is 1. */
export interface MeanAndStd {
  /** (channels) */
  readonly mean: readonly number[];
  /** (channels), above 0 */
  readonly std: readonly number[];
}

/**
 * How samples are normalized: so that each channel has mean 0 and standard deviation 1 (`'computed'`), as models trained
 * on ImageNet expect it, with a given mean and standard deviation, not at all, or by a given scale and offset.
 */
export type NormalizationChoice = 'computed' | 'imagenet' | 'none' | MeanAndStd | Normalization;

/** What a normalization is for. */
export interface NormalizedSamples {
  readonly sampleShape: Shape;
  readonly element: ReadSource['element'];
}

/** Of the RGB images that torchvision's models were trained on. */
const IMAGENET: MeanAndStd = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

/** Bytes are scaled by 1/255 to 0 … 1, and other numbers are not changed. */
export function defaultNormalization({ sampleShape, element }: NormalizedSamples): Normalization {
  return sameForAll(sampleShape, element === 'uint8' ? 1 / 255 : 1);
}

function sameForAll([channels = 1]: Shape, scale: number): Normalization {
  return { scale: Array<number>(channels).fill(scale), offset: Array<number>(channels).fill(0) };
}

/**
 * The normalization that was chosen.
 * @param computed mean and standard deviation of the samples
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export function normalizationOf(
  choice: NormalizationChoice,
  samples: NormalizedSamples,
  computed: () => MeanAndStd,
): Normalization {
  const { sampleShape } = samples;
  if (choice === 'none') return sameForAll(sampleShape, 1);
  if (choice === 'imagenet') return fromMoments(IMAGENET, samples, "'imagenet'");
  if (choice === 'computed') {
    const { mean, std } = computed();
    // A channel whose numbers are all equal becomes 0.
    return fromMoments({ mean, std: std.map((deviation) => deviation || 1) }, samples);
  }
  if ('mean' in choice || 'std' in choice) return fromMoments(choice as MeanAndStd, samples);
  return {
    scale: perChannel('normalization.scale', choice.scale, sampleShape),
    offset: perChannel('normalization.offset', choice.offset, sampleShape),
  };
}

/** (x − mean) / std, where bytes become x / 255 first. */
function fromMoments(
  { mean, std }: MeanAndStd,
  { sampleShape, element }: NormalizedSamples,
  name?: string,
): Normalization {
  const means = perChannel(name ?? 'normalization.mean', mean, sampleShape);
  const deviations = perChannel(name ?? 'normalization.std', std, sampleShape, { above: 0 });
  const range = element === 'uint8' ? 255 : 1;
  return {
    scale: deviations.map((deviation) => 1 / (range * deviation)),
    // Not −number: the offset of the mean 0 is 0, not −0.
    offset: means.map((number, channel) => (0 - number) / (deviations[channel] as number)),
  };
}

/** Mean and standard deviation of samples in memory. */
export function momentsOf({ samples, rows }: StoredSource, sampleShape: Shape): MeanAndStd {
  const size = sizeOf(sampleShape);
  const moments = new ChannelMoments(sampleShape);
  const count = rows?.length ?? samples.length / size;
  for (let i = 0; i < count; i++) {
    const row = rows === undefined ? i : (rows[i] as number);
    moments.add(samples.subarray(row * size, (row + 1) * size));
  }
  return inUnits(moments, samples.BYTES_PER_ELEMENT === 1 ? 'uint8' : 'float32');
}

/** Mean and standard deviation, where bytes count as numbers from 0 to 1. */
export function inUnits({ mean, std }: MeanAndStd, element: ReadSource['element']): MeanAndStd {
  const range = element === 'uint8' ? 255 : 1;
  return { mean: mean.map((number) => number / range), std: std.map((number) => number / range) };
}

/**
 * The check of the form of a choice; how many numbers there must be is known later, with the shape of a sample.
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const normalizationChoice: OptionCheck<NormalizationChoice> = (name, value) => {
  if (value === 'computed' || value === 'imagenet' || value === 'none') return value;
  if (typeof value === 'string') {
    throw new ConvoyError('CONVOY_INVALID_OPTION', {
      given: `${name}: ${describeValue(value)}`,
      expected: "'computed', 'imagenet', 'none', { mean, std } or { scale, offset }",
      fix: 'Choose one of them.',
    });
  }
  if (isObject(value) && ('mean' in value || 'std' in value)) {
    return checkOptions(name, value as MeanAndStd, { mean: anyValue, std: anyValue }) as MeanAndStd;
  }
  return checkOptions(name, value as Normalization, { scale: anyValue, offset: anyValue }) as Normalization;
};

const anyValue: OptionCheck = (_, value) => value;

function perChannel(
  name: string,
  numbers: unknown,
  sampleShape: Shape,
  range: { readonly above?: number } = {},
): readonly number[] {
  if (Array.isArray(numbers) && numbers.length === sampleShape[0]) {
    return Array.from(numbers, (number, channel) => float32Number(`${name}[${channel}]`, number, range));
  }
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${name}: ${describeValue(numbers)}`,
    expected: `an array of ${sampleShape[0]} numbers, one per channel of samples of shape ${formatShape(sampleShape)}`,
    fix: 'Pass one number for each channel.',
  });
}
