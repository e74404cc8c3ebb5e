// The check of class labels, for losses, metrics and data sets.
import { describeValue } from '../errors/describe-value.ts';
import { ConvoyError } from '../errors/errors.ts';
import { checkArrayLike } from './tensors.ts';

/** What labels have to be. */
export interface LabelRequirements {
  /** Labels are whole numbers from 0 to `classes` − 1. */
  readonly classes: number;
  /** The number of samples; without it, the number of labels is not checked. */
  readonly samples?: number;
  /** The number of labels of one sample: 1 (default), or one for each pixel. */
  readonly perSample?: number;
  /** A label that is valid although it names no class. */
  readonly ignoreLabel?: number | undefined;
}

/**
 * Checks class labels.
 * @throws ConvoyError CONVOY_INVALID_DATA for anything else than an array or a typed array
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH unless each sample has its labels
 * @throws ConvoyError CONVOY_INVALID_LABEL, naming the first wrong label and its sample
 */
export function checkLabels(
  labels: ArrayLike<number>,
  { classes, samples, perSample = 1, ignoreLabel }: LabelRequirements,
): void {
  checkArrayLike('labels', labels);
  if (samples !== undefined && labels.length !== samples * perSample) {
    throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
      given: `${labels.length} labels for ${samples} samples`,
      expected: perSample === 1 ? 'one label per sample' : `${perSample} labels per sample`,
      fix: 'Pass the labels of exactly these samples, each as the number of its class.',
    });
  }
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] as number;
    if (Number.isInteger(label) && ((label >= 0 && label < classes) || label === ignoreLabel)) continue;
    const pixel = perSample === 1 ? '' : `, number ${i % perSample},`;
    throw new ConvoyError('CONVOY_INVALID_LABEL', {
      given: `the label ${describeValue(label)}${pixel} of sample ${Math.floor(i / perSample)}`,
      expected: `a whole number from 0 to ${classes - 1}${ignoreLabel === undefined ? '' : `, or ${ignoreLabel}`}`,
      fix: 'Correct the label, or raise the number of classes. A model has one output per class.',
    });
  }
}
