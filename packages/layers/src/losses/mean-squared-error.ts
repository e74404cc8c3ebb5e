// Squared error, for numbers.
import { type MeanSquaredErrorForm, meanSquaredError as meanSquaredErrorKernel, reference } from '@convoy/kernels';
import { oneOf } from '@convoy/tensor';
import { defineLoss, type Loss } from '../loss.ts';
import { elementwise } from './elementwise.ts';

export interface MeanSquaredErrorOptions {
  /** 'mean' (default): the mean of (t − y)² over a sample's numbers; 'half-sum': ½ Σ (t − y)². Both are averaged over samples. */
  readonly form?: MeanSquaredErrorForm;
}

interface MeanSquaredErrorSettings {
  readonly form: MeanSquaredErrorForm;
}

const describe = defineLoss<MeanSquaredErrorOptions, MeanSquaredErrorSettings>({
  type: 'meanSquaredError',
  targets: () => 'values',
  settings: ({ form = 'mean' }) => ({ form: oneOf('form', form, ['mean', 'half-sum']) }),
  ...elementwise(meanSquaredErrorKernel, reference.meanSquaredError, reference.meanSquaredErrorGradient),
});

/** The squared distance of outputs y from targets t of the same shape, in the form that the options name. */
export const meanSquaredError = (options: MeanSquaredErrorOptions = {}): Loss => describe(options);
