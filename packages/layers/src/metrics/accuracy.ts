// How often a classifier is right.
import { accuracy as accuracyKernel } from '@convoy/kernels';
import { call } from '../layer-context.ts';
import { classificationShape, scoresOf } from '../losses/classes.ts';
import { defineMetric, type Metric } from '../metric.ts';

const describe = defineMetric<undefined, object>({
  type: 'accuracy',
  name: () => 'accuracy',
  targets: ['labels', 'oneHot'],
  settings: () => ({}),
  checkOutput: (_, output) => void scoresOf(output),
  compile: (_, { output, targetSpec, prediction, targets, sampleWeights, result }) => [
    call(accuracyKernel(classificationShape(output, targetSpec)), {
      x: prediction,
      targets,
      weights: sampleWeights,
      count: result,
    }),
  ],
});

/**
 * The fraction of samples whose largest output (the first of equals) is that of their class. Where each pixel has a class, the mean over samples
 * of the fraction of their pixels, without those with the label that the loss ignores. Targets: labels, or one-hot, whose class is that of the
 * largest (the first of equals).
 */
export const accuracy = (): Metric => describe(undefined);
