// Fashion-MNIST (H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine
// Learning Algorithms", 2017).
import { checkedDirectory, type Mnist, type MnistOptions, type MnistVariant, readMnistFiles } from './mnist-files.ts';

/** The directory of Debian's package `dataset-fashion-mnist`. */
const PACKAGE_DIRECTORY = '/usr/share/datasets/fashion-mnist';

const VARIANT: MnistVariant = {
  mean: 0.286,
  standardDeviation: 0.353,
  classNames: [
    'T-shirt/top',
    'Trouser',
    'Pullover',
    'Dress',
    'Coat',
    'Sandal',
    'Shirt',
    'Sneaker',
    'Bag',
    'Ankle boot',
  ],
  fix: 'Run apt-get install dataset-fashion-mnist (scripts/install-fashion-mnist.sh), or pass a directory with the four IDX files.',
};

/**
 * Reads Fashion-MNIST, images of clothing. Samples have the shape [1, 28, 28] and are normalized to mean 0 and variance
 * 1. The labels 0 … 9 have the names T-shirt/top, Trouser, Pullover, Dress, Coat, Sandal, Shirt, Sneaker, Bag and Ankle
 * boot.
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE, CONVOY_FILE_FORMAT, CONVOY_INVALID_LABEL,
 * CONVOY_OUT_OF_MEMORY
 */
export const fashionMnist = async (options?: MnistOptions): Promise<Mnist> =>
  readMnistFiles(checkedDirectory('fashionMnist', options) ?? PACKAGE_DIRECTORY, VARIANT);
