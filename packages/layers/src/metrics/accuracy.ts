// The fraction of right predictions.
import { accuracy as accuracyKernel } from '@convoy/kernels';
import type { NoOptions } from '@convoy/tensor/definitions';
import { call } from '../layer-context.ts';
import { classificationShape, scoresOf } from '../losses/classes.ts';
import { defineMetric, type Metric } from '../metric.ts';

const describe = defineMetric<NoOptions, object>({
  type: 'accuracy',
  name: () => 'accuracy',
  targets: ['labels', 'oneHot'],
  settings: (check) => check({}),
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
 * The fraction of samples whose largest output is the output of their class; of equal outputs the first counts. If each pixel has a class, it is the
 * mean over samples of the fraction of their pixels; pixels with the label that the loss ignores do not count. Targets: labels, or one-hot targets,
 * whose class is the first of the largest numbers.
 */
export const accuracy = (options?: NoOptions): Metric => describe(options);
