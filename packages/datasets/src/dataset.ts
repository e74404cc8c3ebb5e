// `Dataset`: samples and their targets in typed arrays over shared memory. It is plain data, so posting a data set to a
// worker shares the memory without a copy.
import type { Shape } from '@convoy/tensor';

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
