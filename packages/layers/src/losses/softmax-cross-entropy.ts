// Softmax and cross-entropy in one: for classifiers of samples and of pixels.
import { type CrossEntropyShape, softmaxCrossEntropy as softmaxCrossEntropyKernel } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { ConvoyError, type Shape } from '@convoy/tensor';
import { choiceOf, float32In, listOf, type OptionCheck, optional } from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';
import { call } from '../layer-context.ts';
import { defineLoss, type Loss } from '../loss.ts';
import { scoresOf } from './classes.ts';

/** Options of `softmaxCrossEntropy`. */
export interface SoftmaxCrossEntropyOptions {
  /**
   * 'labels' (default): the class of each sample or pixel, a whole number from 0 to classes − 1. 'oneHot': a probability for each class, usually 1 or
   * 0, in the output's shape.
   */
  readonly targets?: 'labels' | 'oneHot';
  /** ε, from 0 (default) to 1: this part of each target is spread evenly over the classes. */
  readonly labelSmoothing?: number;
  /** The weight of each class, 0 or more; default 1 for all. */
  readonly classWeights?: readonly number[];
  /** Samples or pixels with this label are ignored. It may be the label of no class, such as 255. Not for 'oneHot'. */
  readonly ignoreLabel?: number;
}

interface SoftmaxCrossEntropySettings {
  readonly targets: 'labels' | 'oneHot';
  readonly labelSmoothing: number;
  readonly classWeights?: readonly number[];
  readonly ignoreLabel?: number;
}

const checkWeights: OptionCheck<readonly number[]> = (name, weights) =>
  Object.freeze(listOf(float32In({ atLeast: 0 }))(name, weights));

const describe = defineLoss<SoftmaxCrossEntropyOptions, SoftmaxCrossEntropySettings>({
  type: 'softmaxCrossEntropy',
  targets: ({ targets }) => (targets === 'oneHot' ? 'oneHot' : 'labels'),
  ignoreLabel: ({ ignoreLabel }) => ignoreLabel,
  settings(check) {
    const { classWeights, ignoreLabel, ...settings } = check({
      targets: optional(choiceOf('labels', 'oneHot'), 'labels'),
      labelSmoothing: optional(float32In({ atLeast: 0, atMost: 1 }), 0),
      classWeights: optional(checkWeights),
      ignoreLabel: optional(checkLabel),
    });
    if (settings.targets === 'oneHot' && ignoreLabel !== undefined) throw nothingToIgnore(ignoreLabel);
    return { ...settings, ...(classWeights && { classWeights }), ...(ignoreLabel !== undefined && { ignoreLabel }) };
  },
  checkOutput({ classWeights }, output) {
    const { classes } = scoresOf(output);
    if (classWeights === undefined || classWeights.length === classes) return;
    throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
      given: `${classWeights.length} classWeights for ${classes} classes`,
      expected: 'one for each class',
      fix: 'Pass a weight for every class; 1 changes nothing.',
    });
  },
  compile: (settings, { output, prediction, targets, sampleWeights, outputGradient, result }) => [
    call(softmaxCrossEntropyKernel(shapeOf(settings, output)), {
      x: prediction,
      targets,
      weights: sampleWeights,
      dx: outputGradient,
      loss: result,
    }),
  ],
  reference: {
    loss: (settings, output, ...rest) => reference.softmaxCrossEntropy(shapeOf(settings, output), ...rest),
    gradient: (settings, output, ...rest) => reference.softmaxCrossEntropyGradient(shapeOf(settings, output), ...rest),
  },
});

/**
 * E = the mean over samples of −Σ t′[k] · log p[k], with p[k] = e^x[k] / Σ e^x[j] and t′[k] = w[k] · ((1 − ε) · t[k] + ε / classes); w are the
 * `classWeights`, and ε is `labelSmoothing`. t is the target; for a label it is 1 for its class and 0 for the others. The gradient is
 * (p · Σ t′ − t′) / (samples · pixels). The model's output x are logits: it has no softmax layer at its end.
 *
 * Outputs [classes] with targets (N) or one-hot (N, classes). Outputs [classes, height, width] with targets (N, height, width) or one-hot
 * (N, classes, height, width): then E is also the mean over pixels.
 *
 * The terms are those of PyTorch's `cross_entropy`. For one-hot targets, and for labels without class weights and ignored labels, its
 * `reduction='mean'` is the same. With class weights, or where labels are ignored, PyTorch divides by the sum of the weights of the labels that count;
 * here every sample and pixel counts in the divisor, so that what one of them adds to the gradient does not depend on the others.
 *
 * Label smoothing: C. Szegedy and others, "Rethinking the Inception architecture for computer vision", 2016.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; CONVOY_SHAPE_MISMATCH when a model is compiled whose output is no [classes, …]
 * @example softmaxCrossEntropy({ labelSmoothing: 0.1 })
 */
export const softmaxCrossEntropy = (options: SoftmaxCrossEntropyOptions = {}): Loss => describe(options);

function shapeOf(
  { targets, labelSmoothing, classWeights, ignoreLabel }: SoftmaxCrossEntropySettings,
  output: Shape,
): CrossEntropyShape {
  return {
    ...scoresOf(output),
    targets: targets === 'oneHot' ? 'oneHot' : 'labels',
    labelSmoothing,
    ...(classWeights && { classWeights }),
    ...(ignoreLabel !== undefined && { ignoreLabel: ignoreLabel }),
  };
}

/** Labels are compared as float32, which holds all whole numbers up to 2^24. */
function checkLabel(name: string, label: unknown): number {
  if (Number.isInteger(label) && Math.abs(label as number) <= 2 ** 24) return label as number;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${name}: ${describeValue(label)}`,
    expected: 'a whole number of at most 2^24',
    fix: 'Pass the label to ignore, for example ignoreLabel: 255.',
  });
}

const nothingToIgnore = (ignoreLabel: unknown) =>
  new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `ignoreLabel: ${describeValue(ignoreLabel)} with targets: "oneHot"`,
    expected: 'targets: "labels", or no ignoreLabel',
    fix: 'To ignore a sample or pixel, set all numbers of its one-hot target to 0.',
  });
