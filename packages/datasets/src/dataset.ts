// `Dataset`: samples and their targets in typed arrays over shared memory. It is plain data, so posting a data set to a
// worker shares the memory without a copy. `createDataset` checks all values once, so training need not check them.
import {
  assertShape,
  ConvoyError,
  finiteNumber,
  formatShape,
  positiveInteger,
  type Shape,
  sizeOf,
} from '@convoy/tensor';
import { checkLabels } from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';
import { shared } from './shared-array.ts';

/** `length` samples of shape `sampleShape`, each with a target. `createDataset` creates data sets and checks them. */
export interface Dataset {
  /** The number of samples. */
  readonly length: number;
  /** The shape of one sample: [channels, height, width] for images. */
  readonly sampleShape: Shape;
  /** The samples, (length, ...sampleShape), row-major. */
  readonly inputs: Uint8Array<SharedArrayBuffer> | Float32Array<SharedArrayBuffer>;
  readonly targets: Labels | Values;
  /** Applied to the inputs when they are read. */
  readonly normalization: Normalization;
}

/** The class of each sample, or of each pixel of each sample. */
export interface Labels {
  readonly kind: 'labels';
  /** (length, ...shape), row-major. Each label is a whole number from 0 to `classes` − 1, or `ignoreLabel`. */
  readonly labels: Uint8Array<SharedArrayBuffer> | Int32Array<SharedArrayBuffer>;
  /** The number of classes. */
  readonly classes: number;
  /** The shape of the labels of one sample: [] for one label, [height, width] for one label per pixel. */
  readonly shape: Shape;
  /** The label of samples or pixels that do not count in losses and metrics. */
  readonly ignoreLabel?: number;
}

/** The numbers that a model has to predict for each sample. */
export interface Values {
  readonly kind: 'values';
  /** (length, ...shape), row-major. All numbers are finite. */
  readonly values: Float32Array<SharedArrayBuffer>;
  /** The shape of the target of one sample. */
  readonly shape: Shape;
}

/**
 * For an input x of channel c, the model gets x · scale[c] + offset[c]. A channel is an entry of the first dimension of
 * a sample.
 */
export interface Normalization {
  /** (channels) */
  readonly scale: readonly number[];
  /** (channels) */
  readonly offset: readonly number[];
}

/**
 * The arrays for `createDataset`. Arrays over a SharedArrayBuffer that have the types of `Dataset` are used without a
 * copy. All other arrays are copied.
 */
export interface DatasetSource {
  /** The shape of one sample: [channels, height, width] for images. */
  readonly sampleShape: Shape;
  /** The samples, (length, ...sampleShape), row-major. */
  readonly inputs: Uint8Array | Float32Array;
  readonly targets:
    | {
        readonly kind: 'labels';
        readonly labels: Uint8Array | Uint16Array | Int32Array | readonly number[];
        readonly classes: number;
        /**
         * The shape of the labels of one sample: [] (default) for one label, [height, width] for one label per pixel.
         */
        readonly shape?: Shape;
        /** A label that names no class. Training needs a loss with the same `ignoreLabel`. */
        readonly ignoreLabel?: number;
      }
    | { readonly kind: 'values'; readonly values: Float32Array | readonly number[]; readonly shape: Shape };
  /** Default: bytes are scaled by 1/255 to 0 … 1, and floats are not changed. */
  readonly normalization?: Normalization;
}

/**
 * Creates a data set from arrays in memory. Do not change an array over shared memory after you pass it here.
 *
 * ```ts
 * const dataset = createDataset({
 *   sampleShape: [1, 28, 28],
 *   inputs: new Uint8Array(1000 * 28 * 28),
 *   targets: { kind: 'labels', labels: new Uint8Array(1000), classes: 10 },
 * });
 * ```
 * @throws ConvoyError CONVOY_INVALID_DATA for wrong types and lengths, CONVOY_INVALID_SHAPE, CONVOY_INVALID_OPTION
 * @throws ConvoyError CONVOY_INVALID_LABEL and CONVOY_NOT_FINITE, naming the first wrong sample
 * @throws ConvoyError CONVOY_OUT_OF_MEMORY
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
    expected: `at least one sample, with ${sampleSize} numbers per sample`,
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
        fix: "Set kind to 'labels' or to 'values'.",
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
    fix: `Pass the ${name} of all samples, in the order of the inputs.`,
  });
}

function checkFinite(name: string, numbers: Float32Array, sampleSize: number): void {
  for (let i = 0; i < numbers.length; i++) {
    if (Number.isFinite(numbers[i])) continue;
    throw new ConvoyError('CONVOY_NOT_FINITE', {
      given: `${numbers[i]} in the ${name}, number ${i % sampleSize} of sample ${Math.floor(i / sampleSize)}`,
      expected: 'only finite numbers',
      fix: 'Remove this sample, or correct it.',
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
    expected: `an array of ${sampleShape[0]} numbers, one per channel of samples of shape ${formatShape(sampleShape)}`,
    fix: 'Pass one number for each channel.',
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
