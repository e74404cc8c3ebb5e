// How often logits of yes and no are right.
import { binaryAccuracy as binaryAccuracyKernel } from '@convoy/kernels';
import { finiteNumber, sizeOf } from '@convoy/tensor';
import { call } from '../layer-context.ts';
import { defineMetric, type Metric } from '../metric.ts';

export interface BinaryAccuracyOptions {
  /** The probability σ(logit) above which an output says yes; between 0 and 1, default 0.5, the logit 0. */
  readonly threshold?: number;
}

const describe = defineMetric<BinaryAccuracyOptions, { readonly threshold: number }>({
  type: 'binaryAccuracy',
  name: () => 'binaryAccuracy',
  targets: ['probabilities'],
  settings: ({ threshold = 0.5 }) => ({ threshold: finiteNumber('threshold', threshold, { above: 0, below: 1 }) }),
  checkOutput: () => {},
  compile: ({ threshold }, { output, prediction, targets, sampleWeights, result }) => [
    call(binaryAccuracyKernel({ elements: sizeOf(output), threshold }), {
      y: prediction,
      t: targets,
      weights: sampleWeights,
      total: result,
    }),
  ],
});

/**
 * The fraction of outputs that say yes, σ(x) > threshold, where the target does, t > ½, or no where it does not: the mean over a sample's
 * numbers, averaged over samples. σ(x) is computed in float32. For `sigmoidBinaryCrossEntropy`.
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const binaryAccuracy = (options: BinaryAccuracyOptions = {}): Metric => describe(options);
