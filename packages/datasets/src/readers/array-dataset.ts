// Makes a data set of two arrays in files: inputs, and labels or values.
import { positiveInteger } from '@convoy/tensor';
import { checkOptions, choiceOf, listOf, optional, text } from '@convoy/tensor/checks';
import { createDataset } from '../dataset/create-dataset.ts';
import type { StoredDataset } from '../dataset/dataset.ts';
import type { OpenedArray } from './array-header.ts';
import { type StoredArray, storeInputs, storeLabels, storeValues } from './array-numbers.ts';
import type { Layout } from './array-order.ts';
import { checkTargets, naming } from './target-checks.ts';

/** The arrays of a data set: `labels` for classes, or `values` for numbers to predict. */
export interface ArrayNames {
  /** The inputs: [N, features], [N, H, W] for images of one channel, or images with channels. */
  readonly inputs: string;
  /** The label of each sample, [N] or [N, 1]; or the label of each pixel, [N, H, W]. */
  readonly labels?: string;
  /** The numbers to predict for each sample, [N] or [N, ...]. */
  readonly values?: string;
}

/** What the arrays do not say themselves. */
export interface ArrayOptions {
  /** The number of classes. Default: the number of class names, else the greatest label + 1. */
  readonly classes?: number;
  /** (classes): the name of each class. All names differ. */
  readonly classNames?: readonly string[];
  /**
   * Where the channels of the inputs are: 'NHWC' for channels last, as in Keras, or 'NCHW' for channels first, as in
   * PyTorch. It must be given for inputs of 4 dimensions or more.
   */
  readonly layout?: Layout;
}

/** The checks of `ArrayNames`. */
export const nameChecks = { inputs: text, labels: optional(text), values: optional(text) };

/** The checks of `ArrayOptions`. */
export const arrayChecks = {
  classes: optional(positiveInteger),
  classNames: optional(listOf(text)),
  layout: optional(choiceOf('NCHW', 'NHWC')),
};

/** Opens an array by its path or its name, calls `read` with it, and closes it. */
export type OpenArray = <T>(name: string, read: (array: OpenedArray) => Promise<T>) => Promise<T>;

/** The arrays of a data set in shared memory. */
export interface StoredArrays {
  readonly inputs: StoredArray<Uint8Array<SharedArrayBuffer> | Float32Array<SharedArrayBuffer>>;
  readonly labels?: StoredArray<Uint8Array<SharedArrayBuffer> | Int32Array<SharedArrayBuffer>>;
  readonly values?: StoredArray<Float32Array<SharedArrayBuffer>>;
}

type Checked<T> = { readonly [Name in keyof T]: T[Name] | undefined };

/**
 * Reads a data set from files with one array each.
 * @param of the reader, as its user writes it
 * @throws ConvoyError as `idx` and `npy` do
 */
export async function readArrayFiles(
  of: string,
  options: ArrayNames & ArrayOptions,
  open: OpenArray,
): Promise<StoredDataset> {
  const checked = checkOptions(of, options, { ...nameChecks, ...arrayChecks });
  checkTargets(of, checked);
  const arrays = await storeArrays(open, checked, checked.layout);
  const { classNames, classes = classNames?.length ?? classesIn(arrays) } = checked;
  return datasetOf(arrays, { classNames, classes });
}

/** @throws ConvoyError as `storeInputs`, `storeLabels` and `storeValues` do */
export async function storeArrays(
  open: OpenArray,
  { inputs, labels, values }: Checked<ArrayNames> & { readonly inputs: string },
  layout: Layout | undefined,
): Promise<StoredArrays> {
  // Targets come first: they are small, and often wrong.
  const targets = {
    ...(labels !== undefined && { labels: await open(labels, storeLabels) }),
    ...(values !== undefined && { values: await open(values, storeValues) }),
  };
  return { ...targets, inputs: await open(inputs, (array) => storeInputs(array, layout)) };
}

/** The number of classes that the labels need, at least 1. */
export function classesIn({ labels }: StoredArrays): number {
  let greatest = 0;
  for (const label of labels?.numbers ?? []) greatest = Math.max(greatest, label);
  return greatest + 1;
}

/**
 * @param classes the number of classes, for labels
 * @throws ConvoyError CONVOY_INVALID_DATA, CONVOY_INVALID_LABEL, CONVOY_INVALID_OPTION and CONVOY_NOT_FINITE, naming the arrays
 */
export function datasetOf(
  { inputs, labels, values }: StoredArrays,
  { classNames, classes }: Checked<Pick<ArrayOptions, 'classes' | 'classNames'>>,
): StoredDataset {
  const targets = (labels ?? values) as NonNullable<typeof labels | typeof values>;
  const { sampleShape } = targets;
  return naming(`${inputs.description} with ${targets.description}`, () =>
    createDataset({
      sampleShape: inputs.sampleShape,
      inputs: inputs.numbers,
      targets: labels
        ? {
            kind: 'labels',
            labels: labels.numbers,
            shape: sampleShape,
            classes: classes ?? 1,
            ...(classNames && { classNames }),
          }
        : { kind: 'values', values: targets.numbers, shape: sampleShape },
      ...(inputs.areTruths && { normalization: unchanged(inputs.sampleShape[0] as number) }),
    }),
  );
}

const unchanged = (channels: number) => ({ scale: Array(channels).fill(1), offset: Array(channels).fill(0) });
