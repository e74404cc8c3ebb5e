// The data sets that the command knows by name.
import { type DatasetSplits, fashionMnist, mnist } from '@convoy/datasets';

interface DatasetEntry {
  readonly about: string;
  /** Reads the files in `directory`, or those of the package of the data set. */
  load(directory: string | undefined): Promise<DatasetSplits>;
}

export const datasets: Readonly<Record<string, DatasetEntry>> = {
  mnist: {
    about: 'handwritten digits, 28×28 gray: 60,000 to train, 10,000 to test',
    load: (directory) => mnist(directory === undefined ? {} : { directory }),
  },
  'fashion-mnist': {
    about: 'articles of clothing, 28×28 gray: 60,000 to train, 10,000 to test (apt-get install dataset-fashion-mnist)',
    load: (directory) => fashionMnist(directory === undefined ? {} : { directory }),
  },
};
