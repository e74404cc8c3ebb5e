// How often a classifier is right.
import { accuracy as accuracyKernel } from '@convoy/kernels';
import { classesOf } from '../losses/classes.ts';
import { defineMetric, type Metric } from '../metric.ts';

const describe = defineMetric<undefined, object>({
  type: 'accuracy',
  name: () => 'accuracy',
  targets: 'labels',
  settings: () => ({}),
  checkOutput: (_, output) => void classesOf(output),
  compile: (_, { output, prediction, targets, weights, result }) => [
    { kernel: accuracyKernel({ classes: classesOf(output) }), places: [prediction, targets, weights, result] },
  ],
});

/** The fraction of samples whose largest output (the first of equals) is that of their label. Targets: labels. */
export const accuracy = (): Metric => describe(undefined);
