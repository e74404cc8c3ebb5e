// How often each class was predicted as each class.
import { ConvoyError, finiteNumber, Tensor } from '@convoy/tensor';
import { checkArrayLike, checkLabels, checkTensor } from '@convoy/tensor/checks';
import { scoresOf } from '../losses/classes.ts';

/**
 * Counts how many samples, or pixels of samples, of each class (row) were predicted as each class (column). The predicted class has the largest
 * output; of equal outputs the first counts, as for `accuracy`. Matrices of several batches may be added.
 *
 * @param outputs (N, classes) or (N, classes, ...pixels), as `predict` returns them
 * @param labels (N) or (N, ...pixels)
 * @param ignoreLabel a label that is not counted; it need not be the label of a class
 * @returns (classes, classes); counts above 2^24 are rounded to float32
 * @throws ConvoyError CONVOY_INVALID_DATA, CONVOY_SHAPE_MISMATCH, CONVOY_INVALID_LABEL, CONVOY_INVALID_OPTION;
 * CONVOY_NOT_FINITE if an output is NaN
 */
export function confusionMatrix(outputs: Tensor, labels: ArrayLike<number>, ignoreLabel?: number): Tensor {
  const [samples = 0, ...output] = checkTensor('outputs', outputs).shape;
  const { classes, positions } = scoresOf(output);
  checkArrayLike('labels', labels);
  if (ignoreLabel !== undefined) finiteNumber('ignoreLabel', ignoreLabel);
  if (labels.length !== samples * positions) {
    throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
      given: `${labels.length} labels for the outputs of ${samples} samples`,
      expected: positions === 1 ? 'one label per sample' : `${positions} labels per sample`,
      fix: 'Pass the labels of exactly these samples.',
    });
  }
  checkLabels(labels, { classes, perSample: positions, ignoreLabel });
  // A count in float32 would stop at 2^24.
  const counts = new Float64Array(classes * classes);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] as number;
    if (label === ignoreLabel) continue;
    const sample = Math.floor(i / positions);
    const first = sample * classes * positions + (i % positions);
    const cell = label * classes + predictedClass(outputs.data, first, positions, classes, sample);
    counts[cell] = (counts[cell] as number) + 1;
  }
  return new Tensor(Float32Array.from(counts), [classes, classes]);
}

/** The index of the largest of `classes` numbers, which lie `stride` apart. */
function predictedClass(data: Float32Array, first: number, stride: number, classes: number, sample: number): number {
  let winner = 0;
  for (let c = 0; c < classes; c++) {
    const score = data[first + c * stride] as number;
    if (Number.isNaN(score)) throw notANumber(sample);
    if (score > (data[first + winner * stride] as number)) winner = c;
  }
  return winner;
}

const notANumber = (sample: number) =>
  new ConvoyError('CONVOY_NOT_FINITE', {
    given: `NaN in the outputs of sample ${sample}`,
    expected: 'finite numbers or infinities',
    fix: 'Look for the step at which the training diverged, or leave that sample out.',
  });
