// What the readers check in common: that there is one kind of targets, and the numbers that they have read.
import { ConvoyError } from '@convoy/tensor';
import { isConvoyError } from '@convoy/tensor/errors';

interface TargetOptions {
  readonly labels?: unknown;
  readonly values?: unknown;
  readonly classes?: unknown;
  readonly classNames?: unknown;
}

/**
 * Throws unless exactly one of `labels` and `values` is given, and classes only for labels.
 * @param of the reader, as its user writes it
 * @param labels what the reader calls its labels
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export function checkTargets(of: string, options: TargetOptions, labels = 'labels'): void {
  const { values, classes, classNames } = options;
  const given = [options.labels, values].filter((targets) => targets !== undefined).length;
  const hasClasses = classes !== undefined || classNames !== undefined;
  if (given === 1 && !(hasClasses && values !== undefined)) return;
  const count = given === 0 ? 'neither' : 'both';
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given:
      given === 1 ? 'classes or classNames with values' : `${count} ${labels} ${given === 0 ? 'nor' : 'and'} values`,
    expected: `either ${labels} or values for ${of}, and classes or classNames only for ${labels}`,
    fix: `Pass ${labels} for classes, or values for numbers to predict.`,
  });
}

/**
 * Calls `make`; its errors name the source of the data.
 * @throws ConvoyError
 */
export function naming<T>(source: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!isConvoyError(error)) throw error;
    const { code, given, expected, fix } = error;
    throw new ConvoyError(code, { given: `${given}, from ${source}`, expected, fix, cause: error });
  }
}
