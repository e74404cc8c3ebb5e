// Creates data sets. All values are checked here once, so training need not check them.
import { assertShape, ConvoyError, formatShape, positiveInteger, type Shape, sizeOf } from '@convoy/tensor';
import { isObject } from '@convoy/tensor/builtins';
import { checkLabels, checkOptions, choiceOf, listOf, type OptionCheck, optional, text } from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';
import type { Dataset, Labels, StoredDataset, StoredSource, Values } from './dataset.ts';
import {
  defaultNormalization,
  momentsOf,
  type NormalizationChoice,
  normalizationChoice,
  normalizationOf,
} from './normalization.ts';
import { shared } from './shared-array.ts';
import { elementOf } from './source.ts';
import { type Numbers, type SourceNumbers, sourceNumbers } from './source-numbers.ts';

/** What `createDataset` makes a data set of. All numbers may be in any of the forms of `Numbers`, row-major. */
export interface DatasetSource {
  /**
   * The shape of one sample: [channels, height, width] for images. It may be left out where the inputs have a shape,
   * because they are a tensor or nested arrays; it is then that shape without the first dimension.
   */
  readonly sampleShape?: Shape;
  /** The samples, (length, ...sampleShape). Bytes are kept as bytes; all other numbers become float32. */
  readonly inputs: Numbers;
  readonly targets: LabelsSource | ValuesSource;
  /** Default: bytes are scaled by 1/255 to 0 … 1, and other numbers are not changed. */
  readonly normalization?: NormalizationChoice;
}

/** The class of each sample, or of each pixel of each sample, for `createDataset`. */
export interface LabelsSource {
  readonly kind: 'labels';
  /** (length, ...shape). Whole numbers from 0 to `classes` − 1, or `ignoreLabel`. */
  readonly labels: Numbers;
  readonly classes: number;
  /** (classes): the name of each class, for reports and model files. All names differ. */
  readonly classNames?: readonly string[];
  /**
   * The shape of the labels of one sample: [] for one label, [height, width] for one label per pixel. Default: that of
   * labels in a tensor or in nested arrays, otherwise [].
   */
  readonly shape?: Shape;
  /** A label that names no class, from −2^31 to 2^31 − 1. Training needs a loss with the same `ignoreLabel`. */
  readonly ignoreLabel?: number;
}

/** The numbers that a model has to predict for each sample, for `createDataset`. */
export interface ValuesSource {
  readonly kind: 'values';
  /** (length, ...shape) */
  readonly values: Numbers;
  /** The shape of the target of one sample. It may be left out for values in a tensor or in nested arrays. */
  readonly shape?: Shape;
}

/**
 * Creates a data set from arrays in memory. Arrays over a SharedArrayBuffer that have the types of `Dataset` are used
 * without a copy, so do not change them afterwards. All other numbers are copied.
 *
 * ```ts
 * const dataset = createDataset({
 *   sampleShape: [1, 28, 28],
 *   inputs: new Uint8Array(1000 * 28 * 28),
 *   targets: { kind: 'labels', labels: new Uint8Array(1000), classes: 10 },
 * });
 * const points = createDataset({ inputs: [[1, 2], [3, 4]], targets: { kind: 'values', values: [[3], [7]] } });
 * ```
 * @throws ConvoyError CONVOY_INVALID_OPTION for options that do not exist and values out of range
 * @throws ConvoyError CONVOY_INVALID_DATA for wrong types and lengths, CONVOY_INVALID_SHAPE
 * @throws ConvoyError CONVOY_INVALID_LABEL and CONVOY_NOT_FINITE, naming the first wrong sample
 * @throws ConvoyError CONVOY_OUT_OF_MEMORY
 */
export function createDataset(source: DatasetSource): StoredDataset {
  const { inputs, targets, normalization, ...given } = checkOptions('createDataset', source, {
    sampleShape: optional(checkedShape),
    inputs: sourceNumbers,
    targets: anyValue,
    normalization: optional(normalizationChoice),
  });
  const sampleShape = given.sampleShape ?? shapeOfOne('sampleShape', inputs);
  if (sampleShape.length === 0) throw invalidShape('sampleShape', sampleShape, 'at least one dimension');
  const length = samplesIn(inputs, sampleShape);
  const stored: StoredSource = { kind: 'stored', samples: storedInputs(inputs, sizeOf(sampleShape)) };
  const form = { sampleShape, element: elementOf(stored) };
  return {
    length,
    sampleShape,
    source: stored,
    targets: checkedTargets(targets, length),
    normalization: normalization
      ? normalizationOf(normalization, form, () => momentsOf(stored, sampleShape))
      : defaultNormalization(form),
  };
}

/** The shape of one of the numbers. A flat list does not tell it. */
function shapeOfOne(name: string, { shape }: SourceNumbers): Shape {
  const [, ...rest] = shape ?? [];
  return checkedShape(name, rest.length > 0 ? rest : undefined);
}

function samplesIn({ numbers, shape }: SourceNumbers, sampleShape: Shape): number {
  const sampleSize = sizeOf(sampleShape);
  const length = numbers.length / sampleSize;
  const agrees = shape === undefined || shape.length === 1 || shape[0] === length;
  if (Number.isInteger(length) && length > 0 && agrees) return length;
  const given = `${numbers.length} numbers${agrees ? '' : ` of shape ${formatShape(shape)}`}`;
  throw new ConvoyError('CONVOY_INVALID_DATA', {
    given: `${given} as inputs with samples of shape ${formatShape(sampleShape)}`,
    expected: `at least one sample, with ${sampleSize} numbers per sample`,
    fix: 'Correct sampleShape, or complete the last sample.',
  });
}

function storedInputs({ numbers, areBytes }: SourceNumbers, sampleSize: number): StoredSource['samples'] {
  if (areBytes) return sharedBytes(numbers);
  const floats = shared<Float32Array<SharedArrayBuffer>>(numbers, Float32Array);
  checkFinite('inputs', floats, sampleSize);
  return floats;
}

const sharedBytes = (bytes: ArrayLike<number>) => shared<Uint8Array<SharedArrayBuffer>>(bytes, Uint8Array);

/**
 * The targets of so many samples, as `createDataset` takes them.
 * @throws ConvoyError as `createDataset`
 */
export function checkedTargets(targets: unknown, length: number): Dataset['targets'] {
  const kind = isObject(targets) && 'kind' in targets ? targets.kind : undefined;
  if (kind === 'labels') return checkedLabels(targets as LabelsSource, length);
  if (kind === 'values') return checkedValues(targets as ValuesSource, length);
  throw new ConvoyError('CONVOY_INVALID_DATA', {
    given: `${describeValue(targets)} as targets`,
    expected: "{ kind: 'labels', labels, classes } or { kind: 'values', values, shape }",
    fix: "Set kind to 'labels' or to 'values'.",
  });
}

function checkedLabels(source: LabelsSource, length: number): Labels {
  const { labels, classes, classNames, ignoreLabel, ...given } = checkOptions('targets', source, {
    kind: choiceOf('labels'),
    labels: sourceNumbers,
    classes: positiveInteger,
    classNames: optional(listOf(text)),
    shape: optional(checkedShape),
    ignoreLabel: optional(int32),
  });
  const { numbers, areBytes } = labels;
  const shape = given.shape ?? checkedShape('shape', labels.shape?.slice(1) ?? []);
  const size = sizeOf(shape);
  checkCount('labels', numbers, length * size, length);
  checkLabels(numbers, { classes, perSample: size, ignoreLabel });
  const stored = areBytes ? sharedBytes(numbers) : shared<Int32Array<SharedArrayBuffer>>(numbers, Int32Array);
  return {
    ...{ kind: 'labels', labels: stored, classes, shape },
    ...(classNames && { classNames: checkedNames(classNames, classes) }),
    ...(ignoreLabel !== undefined && { ignoreLabel }),
  };
}

function checkedNames(names: readonly string[], classes: number): readonly string[] {
  const seen = new Set<string>();
  const repeated = names.find((name) => seen.size === seen.add(name).size);
  if (names.length === classes && repeated === undefined) return Object.freeze([...names]);
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `classNames: ${names.length} names${repeated === undefined ? '' : `, with ${JSON.stringify(repeated)} twice`}`,
    expected: `${classes} different names, one for each class`,
    fix: 'Pass the name of each class, in the order of the labels.',
  });
}

function checkedValues(source: ValuesSource, length: number): Values {
  const { values, ...given } = checkOptions('targets', source, {
    kind: choiceOf('values'),
    values: sourceNumbers,
    shape: optional(checkedShape),
  });
  const shape = given.shape ?? shapeOfOne('shape', values);
  checkCount('values', values.numbers, length * sizeOf(shape), length);
  const stored = shared<Values['values']>(values.numbers, Float32Array);
  checkFinite('values', stored, sizeOf(shape));
  return { kind: 'values', values: stored, shape };
}

function checkCount(name: string, array: ArrayLike<number>, expected: number, samples: number): void {
  if (array.length === expected) return;
  throw new ConvoyError('CONVOY_INVALID_DATA', {
    given: `${array.length} ${name}`,
    expected: `${expected} for ${samples} ${samples === 1 ? 'sample' : 'samples'}`,
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

/** Labels that are not bytes are kept as int32. */
const int32: OptionCheck<number> = (name, value) => {
  if (typeof value === 'number' && (value | 0) === value) return value;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${name}: ${describeValue(value)}`,
    expected: 'a whole number from -2147483648 to 2147483647',
    fix: 'Take a label such as -1 or 255.',
  });
};

const anyValue: OptionCheck = (_, value) => value;

/**
 * The check of a shape whose extents are 1 or more.
 * @throws ConvoyError CONVOY_INVALID_SHAPE
 */
export function checkedShape(name: string, shape: unknown): Shape {
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
