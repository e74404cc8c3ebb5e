// The mean absolute error.
import { absoluteError as absoluteErrorKernel } from '@convoy/kernels';
import { sizeOf } from '@convoy/tensor';
import type { NoOptions } from '@convoy/tensor/definitions';
import { call } from '../layer-context.ts';
import { defineMetric, type Metric } from '../metric.ts';

const describe = defineMetric<NoOptions, object>({
  type: 'absoluteError',
  name: () => 'absoluteError',
  targets: ['values'],
  settings: (check) => check({}),
  checkOutput: () => {},
  compile: (_, { output, prediction, targets, sampleWeights, result }) => [
    call(absoluteErrorKernel({ elements: sizeOf(output) }), {
      y: prediction,
      t: targets,
      weights: sampleWeights,
      total: result,
    }),
  ],
});

/** The mean of |t − y| over the elements of a sample and over samples: the loss `meanAbsoluteError` as a metric. Targets: values. */
export const absoluteError = (options?: NoOptions): Metric => describe(options);
