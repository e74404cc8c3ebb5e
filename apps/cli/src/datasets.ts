// The data sets the command knows.
import { type Dataset, fashionMnist, mnist } from '@convoy/datasets';
import { entryNamed } from './names.ts';

export interface DataParts {
  readonly train: Dataset;
  readonly test: Dataset;
}

interface DatasetEntry {
  readonly about: string;
  /** Reads the files in `directory`, or those of the set's package. */
  load(directory: string | undefined): Promise<DataParts>;
}

export const datasets: Readonly<Record<string, DatasetEntry>> = {
  mnist: {
    about: 'handwritten digits, 28×28 grey: 60,000 to train and 10,000 to test',
    load: (directory) => mnist(directory === undefined ? {} : { directory }),
  },
  'fashion-mnist': {
    about:
      'articles of clothing, 28×28 grey: 60,000 to train and 10,000 to test (apt-get install dataset-fashion-mnist)',
    load: (directory) => fashionMnist(directory === undefined ? {} : { directory }),
  },
};

/** @throws ConvoyError CONVOY_UNKNOWN_NAME, and what the reader of the set throws */
export const loadDataset = (name: string, directory: string | undefined): Promise<DataParts> =>
  entryNamed('data set', datasets, name).load(directory);
