// Squared error: for regression.
import { type MeanSquaredErrorReduction, meanSquaredError as meanSquaredErrorKernel } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { choiceOf, optional } from '@convoy/tensor/checks';
import { defineLoss, type Loss } from '../loss.ts';
import { elementwise } from './elementwise.ts';

/** Options of `meanSquaredError`. */
export interface MeanSquaredErrorOptions {
  /** 'mean' (default): the mean of (t − y)² over the elements of a sample; 'halfSum': ½ Σ (t − y)². Both are averaged over samples. */
  readonly reduction?: MeanSquaredErrorReduction;
}

interface MeanSquaredErrorSettings {
  readonly reduction: MeanSquaredErrorReduction;
}

const describe = defineLoss<MeanSquaredErrorOptions, MeanSquaredErrorSettings>({
  type: 'meanSquaredError',
  targets: () => 'values',
  settings: (check) => check({ reduction: optional(choiceOf('mean', 'halfSum'), 'mean') }),
  ...elementwise(meanSquaredErrorKernel, reference.meanSquaredError, reference.meanSquaredErrorGradient),
});

/**
 * E = the mean of (t − y)² over the elements of a sample, averaged over samples, or ½ Σ (t − y)² with `reduction: 'halfSum'`. Outputs y and targets t
 * have the same shape. The gradient is 2 (y − t) / (samples · elements), or (y − t) / samples. The mean is PyTorch's `MSELoss`.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const meanSquaredError = (options: MeanSquaredErrorOptions = {}): Loss => describe(options);
