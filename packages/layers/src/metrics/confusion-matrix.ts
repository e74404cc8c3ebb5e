// Which classes a classifier takes for which.
import { ConvoyError, Tensor } from '@convoy/tensor';
import { checkLabels } from '../batch-checks.ts';
import { classesOf } from '../losses/classes.ts';

/**
 * How many samples of each class (row) were taken for each class (column): the one of the largest output, of equal ones the first, as
 * `accuracy` has it. Matrices of several batches may be added.
 *
 * @param outputs (N, classes), as `predict` gives them
 * @param labels (N)
 * @returns (classes, classes); counts beyond 2^24 are rounded to float32
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH, CONVOY_INVALID_LABEL, CONVOY_NOT_FINITE if an output is NaN
 */
export function confusionMatrix(outputs: Tensor, labels: ArrayLike<number>): Tensor {
  const [samples = 0, ...output] = outputs.shape;
  const classes = classesOf(output);
  if (labels.length !== samples) {
    throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
      given: `${labels.length} labels for the outputs of ${samples} samples`,
      expected: 'one label a sample',
      mend: 'Pass the labels of exactly these samples.',
    });
  }
  checkLabels(labels, classes);
  // float32 would stop counting at 2^24.
  const counts = new Float64Array(classes * classes);
  for (let sample = 0; sample < samples; sample++) {
    const row = outputs.data.subarray(sample * classes, (sample + 1) * classes);
    const cell = (labels[sample] as number) * classes + predictedClass(row, sample);
    counts[cell] = (counts[cell] as number) + 1;
  }
  return new Tensor(Float32Array.from(counts), [classes, classes]);
}

function predictedClass(row: Float32Array, sample: number): number {
  const largest = Math.max(...row);
  if (!Number.isNaN(largest)) return row.indexOf(largest);
  throw new ConvoyError('CONVOY_NOT_FINITE', {
    given: `NaN in the outputs of sample ${sample}`,
    expected: 'numbers only',
    mend: 'Look for the step at which the training diverged, or leave that sample out.',
  });
}
