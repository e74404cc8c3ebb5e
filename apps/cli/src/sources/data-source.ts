// The data of a command line: a data set with a name, or the path of one.
import { type Dataset, type DatasetSplits, split } from '@convoy/datasets';
import { ConvoyError, describeValue } from '@convoy/tensor/errors';
import { type FileOptions, isPath, readDataFiles } from './data-files.ts';
import type { DataFormatName } from './data-format-names.ts';
import { datasets } from './datasets.ts';
import { findByName } from './find-by-name.ts';
import { isPackedPath } from './packed-splits.ts';

/** What `convoy train` trains and tests on. */
export interface DataParts {
  readonly train: Dataset;
  readonly test: Dataset;
}

/** What a command line says about its data. */
export interface DataRequest extends FileOptions {
  /** A name, or a path. */
  readonly data: string;
  /** The directory of the files of a data set with a name. */
  readonly dataDir: string | undefined;
  readonly dataFormat: DataFormatName | undefined;
}

/**
 * Reads the parts of a data set.
 * @throws ConvoyError CONVOY_UNKNOWN_NAME for what is neither a name nor a path; CONVOY_INVALID_OPTION for options that do not fit; the errors of the reader
 */
export async function loadSplits(request: DataRequest): Promise<DatasetSplits> {
  const { data, dataDir, dataFormat } = request;
  const isName = dataFormat === undefined && Object.hasOwn(datasets, data);
  if (isName) return findByName('data set', datasets, data).load(dataDir);
  if (!isPackedPath(data) && !(await isPath(data))) throw unknownData(data);
  if (dataDir === undefined) return readDataFiles(data, dataFormat, request);
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `--data-dir and the path ${describeValue(data)} as --data`,
    expected: '--data-dir only with the name of a data set',
    fix: 'Omit --data-dir.',
  });
}

/**
 * The parts to train and to test on. If there is no part to test on, some of the training data is held out.
 * @param validationSplit the fraction that is held out; default a tenth, if it is needed
 * @param seed chooses which samples are held out
 */
export function partsOf(
  { train, test, validation }: DatasetSplits,
  validationSplit: number | undefined,
  seed: number,
): DataParts {
  const tested = validationSplit === undefined ? (test ?? validation) : undefined;
  if (tested) return { train, test: tested };
  const heldOut = validationSplit ?? DEFAULT_SPLIT;
  return split(train, { fractions: { train: 1 - heldOut, test: heldOut }, seed });
}

const DEFAULT_SPLIT = 0.1;

function unknownData(data: string): ConvoyError {
  try {
    findByName('data set', datasets, data);
  } catch (error) {
    if (!(error instanceof ConvoyError)) throw error;
    const { code, given, expected, fix } = error;
    return new ConvoyError(code, {
      given: `${given}, which is neither a name nor a path`,
      expected: `${expected}, or the path of a file or directory`,
      fix: fix.startsWith('Did you mean') ? fix : 'Check the path; convoy datasets lists the names and formats.',
    });
  }
  throw new Error('The data set has a name.');
}
