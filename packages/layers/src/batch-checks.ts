// Checks the batches of a learner.
import { ConvoyError, formatShape, isTensor, type Shape, sameShape, sizeOf, type Tensor } from '@convoy/tensor';
import { typedArrayName } from '@convoy/tensor/builtins';
import { checkArrayLike, checkLabels, checkTensor } from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';
import type { Plan } from './runtime/plan.ts';
import type { Sharding } from './runtime/sharding.ts';

/** The targets of a batch: labels (N) or (N, ...pixels), or numbers (N, ...output). */
export type Targets = ArrayLike<number> | Tensor;

/**
 * The number of samples.
 * @throws ConvoyError CONVOY_INVALID_DATA for what is no tensor; CONVOY_SHAPE_MISMATCH unless inputs are
 * (N, ...model.input) with N of 1 or more
 */
export function samplesIn(inputs: Tensor, { input }: Plan): number {
  const { shape } = checkTensor('inputs', inputs);
  const [samples = 0, ...sample] = shape;
  if (shape.length > 0 && samples > 0 && sameShape(sample, input)) return samples;
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `the inputs of shape ${formatShape(shape)}`,
    expected: `one sample or more of shape ${formatShape(input)}: ${formatBatch(input)}`,
    fix: sameShape(shape, input)
      ? `The batch dimension is missing. For one sample, pass inputs.reshape([1, ${input.join(', ')}]).`
      : 'Reshape them, or change the model.',
  });
}

/**
 * The numbers of the targets, after a check of the size of the batch and of its targets.
 * @throws ConvoyError CONVOY_INVALID_DATA, CONVOY_SHAPE_MISMATCH, CONVOY_INVALID_LABEL
 */
export function checkedTargets(
  plan: Plan,
  { batchSize }: Sharding,
  samples: number,
  targets: Targets,
): ArrayLike<number> {
  const { kind, shape, ignoreLabel } = plan.targets;
  if (samples > batchSize) {
    throw new ConvoyError('CONVOY_INVALID_DATA', {
      given: `a batch of ${samples} samples`,
      expected: `at most ${batchSize}, the learner's batchSize · accumulate`,
      fix: 'Pass the samples in several batches, or create the learner with a larger batchSize.',
    });
  }
  const given = isTensor(targets) ? targets.data : checkArrayLike('targets', targets);
  const size = sizeOf(shape);
  if (given.length !== samples * size) {
    const what = isTensor(targets)
      ? `targets of shape ${formatShape(targets.shape)}`
      : `${given.length} numbers as targets`;
    throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
      given: `${what} for ${samples} samples`,
      expected: `${kind} of shape ${formatShape([samples, ...shape])}, ${samples * size} numbers`,
      fix: 'Pass the targets of exactly these samples.',
    });
  }
  if (kind === 'labels') checkLabels(given, { classes: plan.output[0] as number, perSample: size, ignoreLabel });
  else checkNumbers(given);
  return given;
}

const formatBatch = (sample: Shape): string => `[N, ${sample.join(', ')}]`;

/** Whether the elements are numbers. A typed array needs no look at its elements. */
function checkNumbers(targets: ArrayLike<number>): void {
  const name = typedArrayName(targets);
  const wrong = name === undefined ? Array.from(targets).findIndex((value) => typeof value !== 'number') : -1;
  if (wrong < 0 && !name?.startsWith('Big')) return;
  throw new ConvoyError('CONVOY_INVALID_DATA', {
    given:
      wrong < 0
        ? `${describeValue(targets)} as targets`
        : `${describeValue(targets[wrong])} as number ${wrong} of the targets`,
    expected: 'numbers',
    fix: 'Convert the targets with Float32Array.from(targets, Number).',
  });
}
