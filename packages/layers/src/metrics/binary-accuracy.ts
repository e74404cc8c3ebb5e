// The fraction of right decisions between yes and no.
import { binaryAccuracy as binaryAccuracyKernel } from '@convoy/kernels';
import { sizeOf } from '@convoy/tensor';
import { float32In, optional } from '@convoy/tensor/checks';
import { call } from '../layer-context.ts';
import { defineMetric, type Metric } from '../metric.ts';

/** Options of `binaryAccuracy`. */
export interface BinaryAccuracyOptions {
  /** An output means yes if its probability σ(logit) is above the threshold; between 0 and 1, default 0.5 (the logit 0). */
  readonly threshold?: number;
}

const describe = defineMetric<BinaryAccuracyOptions, { readonly threshold: number }>({
  type: 'binaryAccuracy',
  name: () => 'binaryAccuracy',
  targets: ['probabilities'],
  settings: (check) => check({ threshold: optional(float32In({ above: 0, below: 1 }), 0.5) }),
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
 * The fraction of outputs x for which σ(x) > threshold agrees with the target t > ½: the mean over the elements of a sample, averaged over samples.
 * σ(x) is computed in float32. For the loss `sigmoidBinaryCrossEntropy`.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const binaryAccuracy = (options: BinaryAccuracyOptions = {}): Metric => describe(options);
