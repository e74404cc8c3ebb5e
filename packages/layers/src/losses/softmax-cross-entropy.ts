// Softmax and cross-entropy in one, for classifiers of samples and of pixels.
import { type CrossEntropyShape, softmaxCrossEntropy as softmaxCrossEntropyKernel } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { ConvoyError, finiteNumber, oneOf, type Shape } from '@convoy/tensor';
import { describeValue } from '@convoy/tensor/errors';
import { call } from '../layer-context.ts';
import { defineLoss, type Loss } from '../loss.ts';
import { scoresOf } from './classes.ts';

export interface SoftmaxCrossEntropyOptions {
  /**
   * 'labels' (default): the class of each sample or pixel, a whole number from 0 to classes − 1. 'oneHot': numbers of the output's shape, for
   * each class 1 or 0, or any probability.
   */
  readonly targets?: 'labels' | 'oneHot';
  /** From 0 (default) to 1: the part of each target that is spread evenly over the classes. */
  readonly labelSmoothing?: number;
  /** What each class counts, 0 or more; 1 by default. */
  readonly classWeights?: readonly number[];
  /** Samples or pixels with this label count nothing; data may then have it even if it is that of no class, such as 255. Not for 'oneHot'. */
  readonly ignoreLabel?: number;
}

interface SoftmaxCrossEntropySettings {
  readonly targets: 'labels' | 'oneHot';
  readonly labelSmoothing: number;
  readonly classWeights?: readonly number[];
  readonly ignoreLabel?: number;
}

const describe = defineLoss<SoftmaxCrossEntropyOptions, SoftmaxCrossEntropySettings>({
  type: 'softmaxCrossEntropy',
  targets: ({ targets }) => (targets === 'oneHot' ? 'oneHot' : 'labels'),
  ignoreLabel: ({ ignoreLabel }) => ignoreLabel,
  settings({ targets = 'labels', labelSmoothing = 0, classWeights, ignoreLabel }) {
    if (targets === 'oneHot' && ignoreLabel !== undefined) throw nothingToIgnore(ignoreLabel);
    return {
      targets: oneOf('targets', targets, ['labels', 'oneHot']),
      labelSmoothing: finiteNumber('labelSmoothing', labelSmoothing, { atLeast: 0, atMost: 1 }),
      ...(classWeights !== undefined && { classWeights: checkedWeights(classWeights) }),
      ...(ignoreLabel !== undefined && { ignoreLabel: checkedLabel(ignoreLabel) }),
    };
  },
  checkOutput({ classWeights }, output) {
    const { classes } = scoresOf(output);
    if (classWeights === undefined || classWeights.length === classes) return;
    throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
      given: `${classWeights.length} classWeights for ${classes} classes`,
      expected: 'one for each class',
      fix: 'Pass a weight for every number of the last layer, 1 where nothing is to change.',
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
 * E = the mean over samples of −Σ t′[k] · log p[k], with p = softmax(x), p[k] = e^x[k] / Σ e^x, and t′[k] = w[k] · ((1 − ε) · t[k] +
 * ε / classes): w the classWeights, ε the labelSmoothing, t the target, of a label 1 for its class and 0 for others. Of an output
 * [classes, height, width] it is the mean over pixels too, with targets (N, height, width) or one-hot (N, classes, height, width). Gradient
 * (p · Σ t′ − t′) / (samples · pixels). The model's output x are logits: no softmax layer before it.
 *
 * These are the terms of PyTorch's `cross_entropy`, and without ignored labels its sum over N · pixels. Its `reduction='mean'` is the same for
 * one-hot targets and for labels of equal weight, but divides by the sum of the labels' weights, and leaves ignored ones out, where classWeights
 * or ignore_index are given. Here every sample and pixel counts in the divisor, so that what one adds to the gradient does not depend on others.
 *
 * Smoothing: C. Szegedy and others, "Rethinking the Inception architecture for computer vision", 2016.
 * @throws ConvoyError CONVOY_INVALID_OPTION; a model that does not give one number a class is refused with CONVOY_SHAPE_MISMATCH
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

function checkedWeights(weights: unknown): readonly number[] {
  if (Array.isArray(weights)) {
    return Object.freeze(weights.map((weight, i) => finiteNumber(`classWeights[${i}]`, weight, { atLeast: 0 })));
  }
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `classWeights: ${describeValue(weights)}`,
    expected: 'an array of numbers, one for each class',
    fix: 'Pass for example classWeights: [1, 2.5].',
  });
}

/** Labels are compared as float32, which has all whole numbers up to 2^24. */
function checkedLabel(label: unknown): number {
  if (Number.isInteger(label) && Math.abs(label as number) <= 2 ** 24) return label as number;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `ignoreLabel: ${describeValue(label)}`,
    expected: 'a whole number of at most 2^24',
    fix: 'Pass the label that stands for nothing, for example ignoreLabel: 255.',
  });
}

const nothingToIgnore = (ignoreLabel: unknown) =>
  new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `ignoreLabel: ${describeValue(ignoreLabel)} with targets: "oneHot"`,
    expected: 'targets: "labels", or no ignoreLabel',
    fix: 'Where nothing is to count, make all numbers of a one-hot target 0.',
  });
