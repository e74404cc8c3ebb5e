// Fashion-MNIST (H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms", 2017).
import { type Mnist, type MnistForm, type MnistOptions, readMnistForm } from './mnist-form.ts';

/** Where Debian's package `dataset-fashion-mnist` puts it. */
const PACKAGE_DIRECTORY = '/usr/share/datasets/fashion-mnist';

const FORM: MnistForm = {
  mean: 0.286,
  standardDeviation: 0.353,
  fix: 'Run apt-get install dataset-fashion-mnist (scripts/install-fashion-mnist.sh), or name a directory with the four IDX files.',
};

/**
 * Articles of clothing: samples of shape [1, 28, 28], normalised to mean 0 and variance 1, with labels 0 … 9: T-shirt or top, trousers,
 * pullover, dress, coat, sandal, shirt, sneaker, bag, ankle boot.
 * @throws ConvoyError CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE, CONVOY_FILE_FORMAT, CONVOY_INVALID_LABEL,
 * CONVOY_OUT_OF_MEMORY
 */
export const fashionMnist = ({ directory = PACKAGE_DIRECTORY }: MnistOptions = {}): Promise<Mnist> =>
  readMnistForm(directory, FORM);
