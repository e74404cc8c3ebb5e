// `Dataset`: samples with their targets. It is plain data over shared memory, so posting a data set to a worker shares
// the memory without a copy.
import type { Shape } from '@convoy/tensor';

/**
 * `length` samples of shape `sampleShape`, each with a target. `createDataset` creates data sets from numbers in memory
 * and checks them; readers such as `imageFolder` create them from files.
 */
export interface Dataset {
  /** The number of samples. */
  readonly length: number;
  /** The shape of one sample: [channels, height, width] for images. */
  readonly sampleShape: Shape;
  /** Where the samples come from. */
  readonly source: Source;
  readonly targets: Labels | Values;
  /** Applied to the samples when a model gets them. */
  readonly normalization: Normalization;
}

/** A data set whose samples are in memory. */
export interface StoredDataset extends Dataset {
  readonly source: StoredSource;
}

/** The parts of a data set that are published together. */
export interface DatasetSplits {
  readonly train: Dataset;
  readonly test?: Dataset;
  readonly validation?: Dataset;
}

/** Parts whose samples are in memory. */
export interface StoredSplits extends DatasetSplits {
  readonly train: StoredDataset;
  readonly test?: StoredDataset;
  readonly validation?: StoredDataset;
}

/** Samples in memory, or samples that are read when they are needed. */
export type Source = StoredSource | ReadSource;

/** Samples in shared memory. */
export interface StoredSource {
  readonly kind: 'stored';
  /** Rows of shape `sampleShape`, row-major. */
  readonly samples: Uint8Array<SharedArrayBuffer> | Float32Array<SharedArrayBuffer>;
  /** (length): the row of each sample. Default: sample i is row i, and there are no other rows. */
  readonly rows?: Int32Array<SharedArrayBuffer>;
}

/** Samples that threads read while others train. */
export interface ReadSource {
  readonly kind: 'read';
  /** The type of the numbers of a sample. */
  readonly element: 'uint8' | 'float32';
  /** The URL of the module that reads samples. It exports `openReader` as `OpenReader`. */
  readonly module: string;
  /** What `openReader` gets. Every thread that reads gets a structured clone. */
  readonly options: unknown;
  /** (length): the row of each sample. Default: sample i is row i. */
  readonly rows?: Int32Array<SharedArrayBuffer>;
}

/** Opens a reader in a thread. */
export type OpenReader<Options = unknown> = (options: Options) => RowReader | Promise<RowReader>;

/** Reads rows in any order, one at a time. The same row always has the same numbers. */
export interface RowReader {
  /**
   * Reads row `row` into `into`, which has the type and the size of a sample.
   * @throws ConvoyError that names the file, if the row cannot be read
   */
  read(row: number, into: Uint8Array | Float32Array): void | Promise<void>;
  /** Frees what was opened. */
  close?(): void | Promise<void>;
}

/** The class of each sample, or of each pixel of each sample. */
export interface Labels {
  readonly kind: 'labels';
  /** (length, ...shape), row-major. Each label is a whole number from 0 to `classes` − 1, or `ignoreLabel`. */
  readonly labels: Uint8Array<SharedArrayBuffer> | Int32Array<SharedArrayBuffer>;
  /** The number of classes. */
  readonly classes: number;
  /** (classes): the name of each class, where they are known. */
  readonly classNames?: readonly string[];
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
