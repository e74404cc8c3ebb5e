// Data sets in shared memory, and readers for files of data sets.
export { createDataset, type DatasetSource, type LabelsSource, type ValuesSource } from './dataset/create-dataset.ts';
export type {
  Dataset,
  DatasetSplits,
  Labels,
  Normalization,
  OpenReader,
  ReadSource,
  RowReader,
  Source,
  StoredDataset,
  StoredSource,
  StoredSplits,
  Values,
} from './dataset/dataset.ts';
export { checkDataset } from './dataset/dataset-checks.ts';
export { load } from './dataset/load.ts';
export type { MeanAndStd, NormalizationChoice } from './dataset/normalization.ts';
export { elementOf } from './dataset/source.ts';
export type { Numbers, TypedNumbers } from './dataset/source-numbers.ts';
export { type PackOptions, pack } from './packed/pack.ts';
export { type PackedOptions, packed } from './packed/packed.ts';
export type { ArrayNames, ArrayOptions } from './readers/array-dataset.ts';
export type { Layout } from './readers/array-order.ts';
export type { Cifar } from './readers/cifar-files.ts';
export { cifar10 } from './readers/cifar10.ts';
export { type Cifar100Options, cifar100 } from './readers/cifar100.ts';
export { type CsvOptions, csv } from './readers/csv.ts';
export type { CsvColumn } from './readers/csv-columns.ts';
export { type CsvImageOptions, csvImages } from './readers/csv-images.ts';
export { fashionMnist } from './readers/fashion-mnist.ts';
export { fromSamples, type Sample, type SampleOptions } from './readers/from-samples.ts';
export { type IdxOptions, idx } from './readers/idx.ts';
export { type IdxArray, type IdxData, readIdx } from './readers/idx-file.ts';
export { type ImageFolder, type ImageFolderOptions, imageFolder } from './readers/image-folder.ts';
export type { Fit, ImageOptions } from './readers/images/image-options.ts';
export { mnist } from './readers/mnist.ts';
export type { Mnist, MnistOptions } from './readers/mnist-files.ts';
export { type NpyOptions, npy } from './readers/npy.ts';
export { type NpzOptions, npz } from './readers/npz.ts';
export { type ParquetOptions, parquet } from './readers/parquet.ts';
export { type WebDatasetOptions, webDataset } from './readers/web-dataset.ts';
export { type BalanceOptions, balance } from './shaping/balance.ts';
export { concat } from './shaping/concat.ts';
export { type Duplicate, duplicatesBetween } from './shaping/duplicates.ts';
export { filter, type SampleInfo } from './shaping/filter.ts';
export { type ChangedSample, type MapOptions, map } from './shaping/map.ts';
export { type PartSizes, type Parts, type SplitOptions, split } from './shaping/split.ts';
export { type Statistics, statistics } from './shaping/statistics.ts';
export { subset, take } from './shaping/subset.ts';
export { withNormalization } from './shaping/with-normalization.ts';
