// `Dataset`: samples and their targets in typed arrays over shared memory. Plain data: posting one to a worker shares
// it, nothing is copied. Values are checked here, once, so that nothing has to check them during training.
import {
  assertShape,
  ConvoyError,
  finiteNumber,
  formatShape,
  positiveInteger,
  type Shape,
  sizeOf,
} from '@convoy/tensor';
import { checkLabels, describeValue } from '@convoy/tensor/errors';
import { shared } from './shared-array.ts';

/** `length` samples of shape `sampleShape` with one target each. Made by `createDataset`, which checks everything. */
export interface Dataset {
  readonly length: number;
  /** The shape of one sample, (channels, height, width) for images. */
  readonly sampleShape: Shape;
  /** (length, ...sampleShape), row-major. */
  readonly inputs: Uint8Array<SharedArrayBuffer> | Float32Array<SharedArrayBuffer>;
  readonly targets: Labels | Values;
  readonly normalization: Normalization;
}

/** The class of each sample, or of each of its pixels. */
export interface Labels {
  readonly kind: 'labels';
  /** (length, ...shape), row-major, each a whole number from 0 to `classes` - 1 or the ignored one. */
  readonly labels: Uint8Array<SharedArrayBuffer> | Int32Array<SharedArrayBuffer>;
  readonly classes: number;
  /** The shape of one sample's labels: [] for one label, (height, width) for one a pixel. */
  readonly shape: Shape;
  /** A label of pixels that count nothing. */
  readonly ignoreLabel?: number;
}

/** Numbers to be predicted for each sample. */
export interface Values {
  readonly kind: 'values';
  /** (length, ...shape), row-major, all finite. */
  readonly values: Float32Array<SharedArrayBuffer>;
  /** The shape of one sample's target. */
  readonly shape: Shape;
}

/**
 * What a model sees of an input x in channel c is x · scale[c] + offset[c]. A channel is an entry of the sample's first
 * dimension.
 */
export interface Normalization {
  /** (channels) */
  readonly scale: readonly number[];
  /** (channels) */
  readonly offset: readonly number[];
}

/**
 * What `createDataset` makes a data set of. What lies in a SharedArrayBuffer already, in the types of `Dataset`, is
 * used as it is; all else is copied.
 */
export interface DatasetSource {
  /** The shape of one sample, (channels, height, width) for images. */
  readonly sampleShape: Shape;
  /** (length, ...sampleShape), row-major. */
  readonly inputs: Uint8Array | Float32Array;
  readonly targets:
    | {
        readonly kind: 'labels';
        readonly labels: Uint8Array | Uint16Array | Int32Array | readonly number[];
        readonly classes: number;
        /** The shape of one sample's labels: [] (default) for one label, [height, width] for one a pixel. */
        readonly shape?: Shape;
        /** A label that need not be that of a class, for a loss that has it as its `ignoreLabel`. */
        readonly ignoreLabel?: number;
      }
    | { readonly kind: 'values'; readonly values: Float32Array | readonly number[]; readonly shape: Shape };
  /** By default bytes are scaled by 1/255 to 0 … 1, and floats are taken as they are. */
  readonly normalization?: Normalization;
}

/**
 * A data set of arrays in memory. Whoever passes shared memory leaves it unchanged from then on.
 * @throws ConvoyError CONVOY_INVALID_DATA (types and lengths), CONVOY_INVALID_LABEL, CONVOY_NOT_FINITE (naming the
 * first bad sample), CONVOY_INVALID_SHAPE, CONVOY_INVALID_OPTION.
 */
export function createDataset(source: DatasetSource): Dataset {
  const sampleShape = checkedShape('sampleShape', source.sampleShape);
  if (sampleShape.length === 0) throw invalidShape('sampleShape', sampleShape, 'at least one dimension');
  const inputs = checkedInputs(source.inputs);
  const length = samplesIn(inputs, sampleShape);
  if (inputs instanceof Float32Array) checkFinite('inputs', inputs, sizeOf(sampleShape));
  return {
    length,
    sampleShape,
    inputs,
    targets: checkedTargets(source.targets, length),
    normalization: checkedNormalization(source.normalization ?? defaultNormalization(inputs, sampleShape), sampleShape),
  };
}

function checkedInputs(inputs: unknown): Dataset['inputs'] {
  if (inputs instanceof Uint8Array) return sharedBytes(inputs);
  if (inputs instanceof Float32Array) return shared<Float32Array<SharedArrayBuffer>>(inputs, Float32Array);
  throw new ConvoyError('CONVOY_INVALID_DATA', {
    given: `${describeValue(inputs)} as inputs`,
    expected: 'a Uint8Array or a Float32Array',
    fix: 'Convert the samples, for example with Float32Array.from(…).',
  });
}

const sharedBytes = (bytes: Uint8Array) => shared<Uint8Array<SharedArrayBuffer>>(bytes, Uint8Array);

function samplesIn(inputs: Dataset['inputs'], sampleShape: Shape): number {
  const sampleSize = sizeOf(sampleShape);
  const length = inputs.length / sampleSize;
  if (Number.isInteger(length) && length > 0) return length;
  throw new ConvoyError('CONVOY_INVALID_DATA', {
    given: `${inputs.length} numbers as inputs with samples of shape ${formatShape(sampleShape)}`,
    expected: `one sample or more of ${sampleSize} numbers each`,
    fix: 'Correct sampleShape, or complete the last sample.',
  });
}

function checkedTargets(targets: DatasetSource['targets'], length: number): Dataset['targets'] {
  switch (targets?.kind) {
    case 'labels':
      return checkedLabels(targets, length);
    case 'values':
      return checkedValues(targets.values, checkedShape('shape of the targets', targets.shape), length);
    default:
      throw new ConvoyError('CONVOY_INVALID_DATA', {
        given: `${describeValue(targets)} as targets`,
        expected: "{ kind: 'labels', labels, classes } or { kind: 'values', values, shape }",
        fix: 'Say with kind which of the two the targets are.',
      });
  }
}

function checkedLabels(source: Extract<DatasetSource['targets'], { kind: 'labels' }>, length: number): Labels {
  const { labels, ignoreLabel } = source;
  const classes = positiveInteger('classes', source.classes);
  const shape = checkedShape('shape of the labels', source.shape ?? []);
  const size = sizeOf(shape);
  checkCount('labels', labels, length * size, length);
  checkLabels(labels, { classes, perSample: size, ignoreLabel });
  const stored =
    labels instanceof Uint8Array ? sharedBytes(labels) : shared<Int32Array<SharedArrayBuffer>>(labels, Int32Array);
  const checked = { kind: 'labels', labels: stored, classes, shape } as const;
  return ignoreLabel === undefined ? checked : { ...checked, ignoreLabel };
}

function checkedValues(values: ArrayLike<number>, shape: Shape, length: number): Values {
  checkCount('values', values, length * sizeOf(shape), length);
  const stored = shared<Values['values']>(values, Float32Array);
  checkFinite('values', stored, sizeOf(shape));
  return { kind: 'values', values: stored, shape };
}

function checkCount(name: string, array: ArrayLike<number>, expected: number, samples: number): void {
  if (array?.length === expected) return;
  throw new ConvoyError('CONVOY_INVALID_DATA', {
    given: array?.length === undefined ? `${describeValue(array)} as ${name}` : `${array.length} ${name}`,
    expected: `${expected} for ${samples} samples`,
    fix: `Pass the ${name} of every sample, in the order of the inputs.`,
  });
}

function checkFinite(name: string, numbers: Float32Array, sampleSize: number): void {
  for (let i = 0; i < numbers.length; i++) {
    if (Number.isFinite(numbers[i])) continue;
    throw new ConvoyError('CONVOY_NOT_FINITE', {
      given: `${numbers[i]} in the ${name}, number ${i % sampleSize} of sample ${Math.floor(i / sampleSize)}`,
      expected: 'finite numbers only',
      fix: 'Leave that sample out, or repair it.',
    });
  }
}

function defaultNormalization(inputs: Dataset['inputs'], [channels = 1]: Shape): Normalization {
  const scale = inputs instanceof Uint8Array ? 1 / 255 : 1;
  return { scale: Array<number>(channels).fill(scale), offset: Array<number>(channels).fill(0) };
}

function checkedNormalization({ scale, offset }: Normalization, sampleShape: Shape): Normalization {
  return {
    scale: perChannel('normalization.scale', scale, sampleShape),
    offset: perChannel('normalization.offset', offset, sampleShape),
  };
}

function perChannel(name: string, numbers: unknown, sampleShape: Shape): readonly number[] {
  if (Array.isArray(numbers) && numbers.length === sampleShape[0]) {
    return Array.from(numbers, (number, channel) => finiteNumber(`${name}[${channel}]`, number));
  }
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${name}: ${describeValue(numbers)}`,
    expected: `an array of ${sampleShape[0]}, one number a channel of samples of shape ${formatShape(sampleShape)}`,
    fix: 'Repeat the number for every channel.',
  });
}

function checkedShape(name: string, shape: Shape): Shape {
  assertShape(shape, name);
  if (shape.includes(0)) throw invalidShape(name, shape, 'extents of 1 or more');
  return Object.freeze([...shape]);
}

function invalidShape(name: string, shape: Shape, expected: string): ConvoyError {
  return new ConvoyError('CONVOY_INVALID_SHAPE', {
    given: `${name}: ${formatShape(shape)}`,
    expected,
    fix: 'Pass a shape such as [1, 28, 28].',
  });
}
