// Data sets in shared memory, and readers for files of data sets.
export {
  createDataset,
  type Dataset,
  type DatasetSource,
  type Labels,
  type Normalization,
  type Values,
} from './dataset.ts';
export { split, subset, take } from './dataset-views.ts';
export { fashionMnist } from './fashion-mnist.ts';
export { type IdxArray, type IdxData, readIdx } from './idx.ts';
export { mnist } from './mnist.ts';
export type { Mnist, MnistOptions } from './mnist-files.ts';
