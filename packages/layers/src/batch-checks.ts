// What a learner checks of the batches it is given.
import { ConvoyError, formatShape, sameShape, sizeOf, Tensor } from '@convoy/tensor';
import { describeValue } from '@convoy/tensor/errors';
import type { Plan } from './runtime/plan.ts';
import type { Sharding } from './runtime/sharding.ts';

/** What a model is to predict: labels (N) or (N, ...pixels), or numbers (N, ...output). */
export type Targets = ArrayLike<number> | Tensor;

/** How many samples there are. @throws ConvoyError CONVOY_SHAPE_MISMATCH if they are not of the model's input shape, or none */
export function samplesIn(inputs: Tensor, { input }: Plan): number {
  const [samples = 0, ...shape] = inputs.shape;
  if (inputs.rank > 0 && samples > 0 && sameShape(shape, input)) return samples;
  throw shapeMismatch('the inputs', inputs.shape, input, 'one sample or more of shape ');
}

/** @throws ConvoyError CONVOY_INVALID_DATA, CONVOY_SHAPE_MISMATCH, CONVOY_INVALID_LABEL */
export function checkBatch(plan: Plan, { batchSize }: Sharding, samples: number, targets: Targets): void {
  const { kind, shape, ignoreLabel } = plan.targets;
  if (samples > batchSize) {
    throw new ConvoyError('CONVOY_INVALID_DATA', {
      given: `a batch of ${samples} samples`,
      expected: `at most ${batchSize}, the learner's batchSize`,
      fix: 'Pass the samples in several batches, or create the learner with a larger batchSize.',
    });
  }
  const size = sizeOf(shape);
  const given = targets instanceof Tensor ? targets.data : targets;
  if (given.length !== samples * size) {
    throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
      given: `${given.length} numbers as targets of ${samples} samples`,
      expected: `${kind} of shape ${formatShape([samples, ...shape])}`,
      fix: 'Pass the targets of exactly these samples.',
    });
  }
  if (kind === 'labels') checkLabels(given, plan.output[0] as number, size, ignoreLabel);
}

/**
 * @param perSample labels of one sample
 * @param ignored a label that need not be that of a class
 * @throws ConvoyError CONVOY_INVALID_LABEL
 */
export function checkLabels(labels: ArrayLike<number>, classes: number, perSample = 1, ignored?: number): void {
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] as number;
    if ((Number.isInteger(label) && label >= 0 && label < classes) || label === ignored) continue;
    const pixel = perSample === 1 ? '' : `, number ${i % perSample},`;
    throw new ConvoyError('CONVOY_INVALID_LABEL', {
      given: `the label ${describeValue(label)}${pixel} of sample ${Math.floor(i / perSample)}`,
      expected: `a whole number from 0 to ${classes - 1}${ignored === undefined ? '' : `, or ${ignored}`}`,
      fix: 'Correct the label, or give the model as many outputs as there are classes.',
    });
  }
}

export const shapeMismatch = (what: string, given: readonly number[], expected: readonly number[], prefix = '') =>
  new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `${what} of shape ${formatShape(given)}`,
    expected: `${prefix}${formatShape(expected)}`,
    fix: 'Reshape them, or change the model.',
  });
