// How often a classifier is right.
import { accuracy as accuracyKernel } from '@convoy/kernels';
import { classesOf } from '../losses/classes.ts';
import { defineMetric } from '../metric.ts';

/** The fraction of samples whose largest output (the first of equals) is that of their label. Targets: labels. */
export const accuracy = defineMetric({
  type: 'accuracy',
  targets: 'labels',
  checkOutput: (output) => void classesOf(output),
  compile: ({ output, prediction, targets, weights, result }) => [
    { kernel: accuracyKernel({ classes: classesOf(output) }), places: [prediction, targets, weights, result] },
  ],
});
