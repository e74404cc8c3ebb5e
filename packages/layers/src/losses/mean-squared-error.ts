// Squared error, for numbers.
import {
  type MeanSquaredErrorForm,
  type MeanSquaredErrorShape,
  meanSquaredError as meanSquaredErrorKernel,
  reference,
} from '@convoy/kernels';
import { oneOf, type Shape, sizeOf } from '@convoy/tensor';
import { defineLoss, type Loss } from '../loss.ts';

export interface MeanSquaredErrorOptions {
  /** 'mean' (default): the mean of (t − y)² over a sample's numbers; 'half-sum': ½ Σ (t − y)². Both are averaged over samples. */
  readonly form?: MeanSquaredErrorForm;
}

interface MeanSquaredErrorSettings {
  readonly form: MeanSquaredErrorForm;
}

const describe = defineLoss<MeanSquaredErrorOptions, MeanSquaredErrorSettings>({
  type: 'meanSquaredError',
  targets: 'values',
  settings: ({ form = 'mean' }) => ({ form: oneOf('form', form, ['mean', 'half-sum']) }),
  checkOutput: () => {},
  compile: (settings, { output, prediction, targets, weights, outputGradient, result }) => [
    {
      kernel: meanSquaredErrorKernel(shapeOf(settings, output)),
      places: [prediction, targets, weights, outputGradient, result],
    },
  ],
  reference: {
    loss: (settings, output, batch, prediction, targets, weights) =>
      reference.meanSquaredError(shapeOf(settings, output), batch, prediction, Float64Array.from(targets), weights),
    gradient: (settings, output, batch, prediction, targets, weights) =>
      reference.meanSquaredErrorGradient(
        shapeOf(settings, output),
        batch,
        prediction,
        Float64Array.from(targets),
        weights,
      ),
  },
});

/** The squared distance of outputs y from targets t of the same shape, in the form that the options name. */
export const meanSquaredError = (options: MeanSquaredErrorOptions = {}): Loss => describe(options);

const shapeOf = ({ form }: MeanSquaredErrorSettings, output: Shape): MeanSquaredErrorShape => ({
  elements: sizeOf(output),
  form,
});
