// Squared error, for numbers.
import { type MeanSquaredErrorReduction, meanSquaredError as meanSquaredErrorKernel } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { oneOf } from '@convoy/tensor';
import { defineLoss, type Loss } from '../loss.ts';
import { elementwise } from './elementwise.ts';

export interface MeanSquaredErrorOptions {
  /** 'mean' (default): the mean of (t − y)² over a sample's numbers; 'halfSum': ½ Σ (t − y)². Both are averaged over samples. */
  readonly reduction?: MeanSquaredErrorReduction;
}

interface MeanSquaredErrorSettings {
  readonly reduction: MeanSquaredErrorReduction;
}

const describe = defineLoss<MeanSquaredErrorOptions, MeanSquaredErrorSettings>({
  type: 'meanSquaredError',
  targets: () => 'values',
  settings: ({ reduction = 'mean' }) => ({ reduction: oneOf('reduction', reduction, ['mean', 'halfSum']) }),
  ...elementwise(meanSquaredErrorKernel, reference.meanSquaredError, reference.meanSquaredErrorGradient),
});

/** The squared distance of outputs y from targets t of the same shape, in the reduction that the options name. */
export const meanSquaredError = (options: MeanSquaredErrorOptions = {}): Loss => describe(options);
