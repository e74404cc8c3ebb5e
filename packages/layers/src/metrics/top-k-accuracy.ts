// How often the label is among a classifier's first guesses.
import { topKAccuracy as topKAccuracyKernel } from '@convoy/kernels';
import { ConvoyError, positiveInteger } from '@convoy/tensor';
import { call } from '../layer-context.ts';
import { classificationShape, scoresOf } from '../losses/classes.ts';
import { defineMetric, type Metric } from '../metric.ts';

export interface TopKAccuracyOptions {
  /** How many guesses a sample has; at most the number of classes. */
  readonly k: number;
}

const describe = defineMetric<TopKAccuracyOptions, TopKAccuracyOptions>({
  type: 'topKAccuracy',
  name: ({ k }) => `top${k}Accuracy`,
  targets: ['labels', 'oneHot'],
  settings: ({ k }) => ({ k: positiveInteger('k', k) }),
  checkOutput({ k }, output) {
    const { classes } = scoresOf(output);
    if (k <= classes) return;
    throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
      given: `topKAccuracy with k: ${k} for ${classes} classes`,
      expected: `k of at most ${classes}`,
      fix: 'Take a smaller k, or leave the metric out.',
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
 * The fraction of samples whose label is among their k largest outputs; of equal ones the smaller classes come first, so that k = 1 is
 * `accuracy`. Called `top5Accuracy` in histories for k = 5. Pixels and targets as for `accuracy`.
 * @throws ConvoyError CONVOY_INVALID_OPTION; a model with fewer than k outputs is refused with CONVOY_SHAPE_MISMATCH
 */
export const topKAccuracy = (options: TopKAccuracyOptions): Metric => describe(options);
