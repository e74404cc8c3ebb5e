// CIFAR-10: photos of animals and vehicles in 10 classes.
import { text } from '@convoy/tensor/checks';
import { type Cifar, type CifarVariant, readCifarFiles } from './cifar-files.ts';

const VARIANT: CifarVariant = {
  train: [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`),
  test: ['test_batch.bin'],
  names: 'batches.meta.txt',
  classes: 10,
  labelBytes: 1,
  labelByte: 0,
  mean: [0.4914, 0.4822, 0.4465],
  standardDeviation: [0.247, 0.2435, 0.2616],
  fix: 'Download https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz, and pass its directory cifar-10-batches-bin.',
};

/**
 * Reads CIFAR-10 from the directory of its binary version. Samples have the shape [3, 32, 32] and are normalized to mean
 * 0 and variance 1 in each channel: the means are 0.4914, 0.4822 and 0.4465, and the standard deviations 0.2470, 0.2435
 * and 0.2616.
 *
 * ```ts
 * const { train, test } = await cifar10('cifar-10-batches-bin');
 * ```
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE, CONVOY_FILE_FORMAT,
 * CONVOY_INVALID_LABEL, CONVOY_OUT_OF_MEMORY
 */
export const cifar10 = async (directory: string): Promise<Cifar> =>
  readCifarFiles(text('directory', directory), VARIANT);
