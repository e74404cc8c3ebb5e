// Data sets of samples that come one after another: from a generator, a stream, a database, or any other iterable.
import { ConvoyError, formatShape, positiveInteger, type Shape, sameShape, sizeOf } from '@convoy/tensor';
import { isIterable, isObject } from '@convoy/tensor/builtins';
import { checkOptions, listOf, optional, text } from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';
import { LabelCollector } from '../dataset/class-labels.ts';
import { checkedShape, createDataset } from '../dataset/create-dataset.ts';
import type { StoredDataset } from '../dataset/dataset.ts';
import { GrowingArray, type GrowingInputs, growingInputs } from '../dataset/growing-array.ts';
import { type Numbers, type SourceNumbers, sourceNumbers } from '../dataset/source-numbers.ts';
import { naming } from './target-checks.ts';

/** One sample for `fromSamples`: an input with a label or with a value. All samples have the same form. */
export interface Sample {
  /** The numbers of the input. Bytes are kept as bytes; all other numbers become float32. */
  readonly input: Numbers;
  /** The number of the class, or its name. */
  readonly label?: number | string;
  /** The number or the numbers to predict. */
  readonly value?: number | Numbers;
}

/** Options of `fromSamples`. */
export interface SampleOptions {
  /** The shape of one sample. Default: that of the first input, which is [length] for a typed array. */
  readonly sampleShape?: Shape;
  /** The number of classes. Default: the number of class names, else the greatest label + 1. */
  readonly classes?: number;
  /** (classes): the name of each class. Default: the labels in their sort order, if they are names. */
  readonly classNames?: readonly string[];
}

/**
 * Collects samples in memory until there are no more. The memory grows with the samples, which are not kept themselves.
 *
 * ```ts
 * async function* photos() {
 *   for (const name of ['cat', 'dog']) yield { input: await pixelsOf(name), label: name };
 * }
 * const dataset = await fromSamples(photos(), { sampleShape: [3, 32, 32] });
 * ```
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_INVALID_SHAPE, CONVOY_OUT_OF_MEMORY
 * @throws ConvoyError CONVOY_INVALID_DATA, CONVOY_INVALID_LABEL, CONVOY_NOT_FINITE and CONVOY_SHAPE_MISMATCH, naming the
 * sample
 * @throws what the iterable throws
 */
export async function fromSamples(
  samples: Iterable<Sample> | AsyncIterable<Sample>,
  options?: SampleOptions,
): Promise<StoredDataset> {
  const { sampleShape, ...known } = checkOptions('fromSamples', options, {
    sampleShape: optional(checkedShape),
    classes: optional(positiveInteger),
    classNames: optional(listOf(text)),
  });
  let collected: Collected | undefined;
  for await (const sample of checkedIterable(samples)) {
    const index = collected?.length ?? 0;
    const fields = fieldsOf(sample, index);
    collected ??= new Collected(fields, sampleShape);
    collected.add(fields);
  }
  if (collected === undefined) throw invalid('no samples', 'at least one sample', 'Check what the iterable yields.');
  return collected.finish(known);
}

/** The fields of a sample, of which the numbers have been checked to be numbers. */
interface Fields {
  readonly index: number;
  readonly input: SourceNumbers;
  readonly label?: number | string;
  readonly value?: SourceNumbers;
}

/** The samples so far. */
class Collected {
  length = 0;
  readonly #sampleShape: Shape;
  readonly #valueShape: Shape | undefined;
  readonly #areBytes: boolean;
  readonly #inputs: GrowingInputs;
  readonly #labels = new LabelCollector();
  readonly #values = new GrowingArray<Float32Array<SharedArrayBuffer>>(Float32Array);

  constructor({ input, value }: Fields, sampleShape: Shape | undefined) {
    this.#sampleShape = sampleShape ?? checkedShape('sampleShape', shapeOf(input));
    this.#valueShape = value && checkedShape('the shape of a value', shapeOf(value));
    this.#areBytes = input.areBytes;
    this.#inputs = growingInputs(input.areBytes ? 'uint8' : 'float32');
  }

  add({ index, input, label, value }: Fields): void {
    if (input.areBytes !== this.#areBytes) {
      const [first, other] = this.#areBytes ? ['bytes', 'other numbers'] : ['numbers', 'bytes'];
      throw invalid(`${other} as the input of sample ${index}`, `${first} as before`, 'Use one type for all inputs.');
    }
    checkShape('input', index, input, this.#sampleShape);
    if ((value === undefined) !== (this.#valueShape === undefined)) throw mixed(index);
    if (value && this.#valueShape) {
      checkShape('value', index, value, this.#valueShape);
      checkFinite('value', index, value);
    }
    if (!input.areBytes) checkFinite('input', index, input);
    this.#inputs.append(input.numbers);
    if (value) this.#values.append(value.numbers);
    else this.#labels.push(String(label), () => `of sample ${index}`);
    this.length++;
  }

  finish(known: { readonly classes: number | undefined; readonly classNames: readonly string[] | undefined }) {
    const { classes, classNames } = known;
    if (this.#valueShape && (classes ?? classNames) !== undefined) {
      throw new ConvoyError('CONVOY_INVALID_OPTION', {
        given: 'classes or classNames for samples with values',
        expected: 'classes only for samples with labels',
        fix: 'Leave out classes and classNames, or give the samples labels.',
      });
    }
    const targets = this.#valueShape
      ? ({ kind: 'values', values: this.#values.finish(), shape: this.#valueShape } as const)
      : ({ kind: 'labels', ...this.#labels.finish(known) } as const);
    return createDataset({ inputs: this.#inputs.finish(), sampleShape: this.#sampleShape, targets });
  }
}

function checkedIterable(samples: unknown): AsyncIterable<unknown> | Iterable<unknown> {
  if (isIterable(samples)) return samples;
  if (isObject(samples) && Symbol.asyncIterator in samples && typeof samples[Symbol.asyncIterator] === 'function') {
    return samples as AsyncIterable<unknown>;
  }
  const fix = 'Pass an array of samples, a generator, or a stream of objects.';
  throw invalid(`${describeValue(samples)} as samples`, 'an iterable or an async iterable of samples', fix);
}

function fieldsOf(sample: unknown, index: number): Fields {
  const { input, label, value } = naming(`sample ${index}`, () => {
    if (isObject(sample)) return checkOptions('a sample', sample as Sample, { input: any, label: any, value: any });
    throw invalid(describeValue(sample), '{ input, label } or { input, value }', 'Yield objects.');
  });
  if ((label === undefined) === (value === undefined)) {
    const given = `sample ${index} with ${label === undefined ? 'neither a label nor' : 'both a label and'} a value`;
    throw invalid(given, 'either a label or a value', 'Give each sample one of both.');
  }
  const isLabel = typeof label === 'string' || (Number.isSafeInteger(label) && (label as number) >= 0);
  if (label !== undefined && !isLabel) {
    throw new ConvoyError('CONVOY_INVALID_LABEL', {
      given: `the label ${describeValue(label)} of sample ${index}`,
      expected: 'the number of a class, a whole number of 0 or more, or its name',
      fix: 'Number the classes from 0, or pass their names as texts.',
    });
  }
  return naming(`sample ${index}`, () => ({
    index,
    input: sourceNumbers('input', input),
    ...(label === undefined
      ? { value: sourceNumbers('value', typeof value === 'number' ? [value] : value) }
      : { label: label as number | string }),
  }));
}

const any = (_: string, value: unknown) => value;

const shapeOf = ({ shape, numbers }: SourceNumbers): Shape => shape ?? [numbers.length];

/** Numbers without a shape, and flat lists, may have any shape of their size. */
function checkShape(name: string, index: number, numbers: SourceNumbers, expected: Shape): void {
  const shape = shapeOf(numbers);
  const fits = shape.length === 1 ? shape[0] === sizeOf(expected) : sameShape(shape, expected);
  if (fits) return;
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `the ${name} of sample ${index} with the shape ${formatShape(shape)}`,
    expected: `the shape ${formatShape(expected)}`,
    fix: `Give the ${name} of all samples the same shape.`,
  });
}

function checkFinite(name: string, index: number, { numbers }: SourceNumbers): void {
  for (let i = 0; i < numbers.length; i++) {
    if (Number.isFinite(Math.fround(numbers[i] as number))) continue;
    throw new ConvoyError('CONVOY_NOT_FINITE', {
      given: `${numbers[i]} in the ${name} of sample ${index}, number ${i}`,
      expected: 'only finite numbers as float32',
      fix: 'Remove this sample, or correct it.',
    });
  }
}

const mixed = (index: number) =>
  invalid(`sample ${index} with another kind of target than sample 0`, 'labels or values', 'Use one kind of target.');

const invalid = (given: string, expected: string, fix: string) =>
  new ConvoyError('CONVOY_INVALID_DATA', { given, expected, fix });
