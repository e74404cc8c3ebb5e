// Absolute error, for numbers with outliers.
import { meanAbsoluteError as meanAbsoluteErrorKernel } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { defineLoss, type Loss } from '../loss.ts';
import { elementwise } from './elementwise.ts';

const describe = defineLoss<undefined, object>({
  type: 'meanAbsoluteError',
  targets: () => 'values',
  settings: () => ({}),
  ...elementwise(meanAbsoluteErrorKernel, reference.meanAbsoluteError, reference.meanAbsoluteErrorGradient),
});

/**
 * E = the mean of |t − y| over a sample's numbers, averaged over samples, of outputs y and targets t of the same shape. Gradient
 * sign(y − t) / (samples · numbers), 0 where they are equal. PyTorch's `L1Loss`.
 */
export const meanAbsoluteError = (): Loss => describe(undefined);
