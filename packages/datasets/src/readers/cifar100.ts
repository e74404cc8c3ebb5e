// CIFAR-100: photos in 100 classes, which form 20 superclasses.
import { checkOptions, choiceOf, optional, text } from '@convoy/tensor/checks';
import { type Cifar, type CifarVariant, readCifarFiles } from './cifar-files.ts';

/** Options of `cifar100`. */
export interface Cifar100Options {
  /** 'fine' for the 100 classes (default), or 'coarse' for the 20 superclasses. */
  readonly labels?: 'fine' | 'coarse';
}

const COMMON = {
  train: ['train.bin'],
  test: ['test.bin'],
  labelBytes: 2,
  mean: [0.5071, 0.4865, 0.4409],
  standardDeviation: [0.2673, 0.2564, 0.2762],
  fix: 'Download https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz, and pass its directory cifar-100-binary.',
};

/** The coarse label comes first in a record. */
const VARIANTS: Readonly<Record<'fine' | 'coarse', CifarVariant>> = {
  coarse: { ...COMMON, names: 'coarse_label_names.txt', classes: 20, labelByte: 0 },
  fine: { ...COMMON, names: 'fine_label_names.txt', classes: 100, labelByte: 1 },
};

/**
 * Reads CIFAR-100 from the directory of its binary version. Samples have the shape [3, 32, 32] and are normalized to
 * mean 0 and variance 1 in each channel: the means are 0.5071, 0.4865 and 0.4409, and the standard deviations 0.2673,
 * 0.2564 and 0.2762.
 *
 * ```ts
 * const { train, test } = await cifar100('cifar-100-binary', { labels: 'coarse' });
 * ```
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE, CONVOY_FILE_FORMAT,
 * CONVOY_INVALID_LABEL, CONVOY_OUT_OF_MEMORY
 */
export async function cifar100(directory: string, options?: Cifar100Options): Promise<Cifar> {
  text('directory', directory);
  const { labels } = checkOptions('cifar100', options, { labels: optional(choiceOf('fine', 'coarse'), 'fine') });
  return readCifarFiles(directory, VARIANTS[labels]);
}
