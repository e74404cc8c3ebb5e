// The fraction of labels that are among the k best predictions.
import { topKAccuracy as topKAccuracyKernel } from '@convoy/kernels';
import { ConvoyError, positiveInteger } from '@convoy/tensor';
import { call } from '../layer-context.ts';
import { classificationShape, scoresOf } from '../losses/classes.ts';
import { defineMetric, type Metric } from '../metric.ts';

/** Options of `topKAccuracy`. */
export interface TopKAccuracyOptions {
  /** The number of predictions per sample; at most the number of classes. */
  readonly k: number;
}

const describe = defineMetric<TopKAccuracyOptions, TopKAccuracyOptions>({
  type: 'topKAccuracy',
  name: ({ k }) => `top${k}Accuracy`,
  targets: ['labels', 'oneHot'],
  settings: (check) => check({ k: positiveInteger }),
  checkOutput({ k }, output) {
    const { classes } = scoresOf(output);
    if (k <= classes) return;
    throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
      given: `topKAccuracy with k: ${k} for ${classes} classes`,
      expected: `k of at most ${classes}`,
      fix: 'Use a smaller k, or leave the metric out.',
    });
  },
  compile: ({ k }, { output, targetSpec, prediction, targets, sampleWeights, result }) => [
    call(topKAccuracyKernel({ ...classificationShape(output, targetSpec), k }), {
      x: prediction,
      targets,
      weights: sampleWeights,
      count: result,
    }),
  ],
});

/**
 * The fraction of samples whose class is among their k largest outputs. Of equal outputs the one of the smaller class counts first, so that k = 1 is
 * `accuracy`. For k = 5 its name in histories is `top5Accuracy`. Pixels and targets count as for `accuracy`.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; CONVOY_SHAPE_MISMATCH when a model with fewer than k classes is compiled
 */
export const topKAccuracy = (options: TopKAccuracyOptions): Metric => describe(options);
