// Data sets in shared memory, and readers for files of data sets.
export { createDataset, type DatasetSource, type LabelsSource, type ValuesSource } from './create-dataset.ts';
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
  Values,
} from './dataset.ts';
export { checkDataset } from './dataset-checks.ts';
export { split, subset, take } from './dataset-views.ts';
export { fashionMnist } from './fashion-mnist.ts';
export { type IdxArray, type IdxData, readIdx } from './idx.ts';
export { mnist } from './mnist.ts';
export type { Mnist, MnistOptions } from './mnist-files.ts';
export { elementOf } from './source.ts';
export type { Numbers, TypedNumbers } from './source-numbers.ts';
