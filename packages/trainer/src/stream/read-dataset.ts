// A data set whose samples are read when they are needed.
import type { Dataset, ReadSource } from '@convoy/datasets';

export interface ReadDataset extends Dataset {
  readonly source: ReadSource;
}

export const isReadDataset = (dataset: Dataset): dataset is ReadDataset => dataset.source.kind === 'read';
