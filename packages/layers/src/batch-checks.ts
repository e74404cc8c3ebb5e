// Checks the batches of a learner.
import { ConvoyError, formatShape, sameShape, sizeOf, Tensor } from '@convoy/tensor';
import { checkLabels } from '@convoy/tensor/checks';
import type { Plan } from './runtime/plan.ts';
import type { Sharding } from './runtime/sharding.ts';

/** The targets of a batch: labels (N) or (N, ...pixels), or numbers (N, ...output). */
export type Targets = ArrayLike<number> | Tensor;

/** The number of samples. @throws ConvoyError CONVOY_SHAPE_MISMATCH unless inputs are (N, ...model.input) with N of 1 or more */
export function samplesIn(inputs: Tensor, { input }: Plan): number {
  const [samples = 0, ...shape] = inputs.shape;
  if (inputs.rank > 0 && samples > 0 && sameShape(shape, input)) return samples;
  throw shapeMismatch('the inputs', inputs.shape, input, 'one sample or more of shape ');
}

/** Checks the size of a batch, and its targets. @throws ConvoyError CONVOY_INVALID_DATA, CONVOY_SHAPE_MISMATCH, CONVOY_INVALID_LABEL */
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
  if (kind === 'labels') checkLabels(given, { classes: plan.output[0] as number, perSample: size, ignoreLabel });
}

const shapeMismatch = (what: string, given: readonly number[], expected: readonly number[], prefix = '') =>
  new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `${what} of shape ${formatShape(given)}`,
    expected: `${prefix}${formatShape(expected)}`,
    fix: 'Reshape them, or change the model.',
  });
