// Absolute error: for regression with outliers.
import { meanAbsoluteError as meanAbsoluteErrorKernel } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import type { NoOptions } from '@convoy/tensor/definitions';
import { defineLoss, type Loss } from '../loss.ts';
import { elementwise } from './elementwise.ts';

const describe = defineLoss<NoOptions, object>({
  type: 'meanAbsoluteError',
  targets: () => 'values',
  settings: (check) => check({}),
  ...elementwise(meanAbsoluteErrorKernel, reference.meanAbsoluteError, reference.meanAbsoluteErrorGradient),
});

/**
 * E = the mean of |t − y| over the elements of a sample and over samples. Outputs y and targets t have the same shape. The gradient is
 * sign(y − t) / (samples · elements), 0 where they are equal. The same as PyTorch's `L1Loss`.
 */
export const meanAbsoluteError = (options?: NoOptions): Loss => describe(options);
