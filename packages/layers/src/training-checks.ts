// The checks of what is trained, a model with losses, an optimizer and metrics, and of the size of a step. For learners
// and trainers. Whether model, losses and metrics fit together is checked when the model is compiled.
import { ConvoyError } from '@convoy/tensor';
import { float32In, listOf, type OptionCheck, optional, positiveInteger, text } from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';
import { modelCheck } from './graph/model-check.ts';
import { type Loss, type Losses, lossDefinitionOf } from './loss.ts';
import { type Metric, metricDefinitionOf } from './metric.ts';
import { type Optimizer, optimizerDefinitionOf } from './optimizer.ts';

/** @throws ConvoyError CONVOY_INVALID_OPTION; CONVOY_UNKNOWN_NAME for a loss of an unknown type */
export const lossCheck: OptionCheck<Loss> = (name, value) => {
  lossDefinitionOf(value as Loss, name);
  optional(float32In({ atLeast: 0 }))(`${name}.weight`, (value as Loss).weight);
  return value as Loss;
};

/** The check of an option that is a loss, or an array with one for each output. @throws ConvoyError as `lossCheck` */
export const lossesCheck: OptionCheck<Losses> = (name, value) =>
  Array.isArray(value) ? listOf(lossCheck)(name, value) : lossCheck(name, value);

/** @throws ConvoyError CONVOY_INVALID_OPTION; CONVOY_UNKNOWN_NAME for an optimizer of an unknown type */
export const optimizerCheck: OptionCheck<Optimizer> = (name, value) => {
  optimizerDefinitionOf(value as Optimizer, name);
  return value as Optimizer;
};

const metricCheck: OptionCheck<Metric> = (name, value) => {
  metricDefinitionOf(value as Metric, name);
  text(`${name}.name`, (value as Metric).name);
  return value as Metric;
};

/**
 * The check of an option that is an array of metrics. Scores are kept by name, so each name must be there once.
 * @throws ConvoyError CONVOY_INVALID_OPTION; CONVOY_UNKNOWN_NAME for a metric of an unknown type
 */
export const metricsCheck: OptionCheck<readonly Metric[]> = (option, value) => {
  const metrics = listOf(metricCheck)(option, value);
  const names = ['loss', ...metrics.map(({ name }) => name)];
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice === undefined) return metrics;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${option} with two scores named ${describeValue(twice)}`,
    expected: 'another name for each metric, and none named "loss"',
    fix: 'Leave one of them out, or define the metric under another name.',
  });
};

/** The checks of the options that say what is trained. */
export const trainingChecks = {
  model: modelCheck,
  loss: lossesCheck,
  optimizer: optimizerCheck,
  metrics: optional(metricsCheck, []),
};

/** Each shard has gradients of its own, which every update reads: more shards would only take memory. */
const MAX_SHARDS = 1024;

/** The check of the option `maxShards`. @throws ConvoyError CONVOY_INVALID_OPTION */
export const maxShardsCheck: OptionCheck<number> = (name, value) => positiveInteger(name, value, MAX_SHARDS);

const MAX_STEP_SAMPLES = 2 ** 31 - 1;

/** The greatest number of samples of a step. @throws ConvoyError CONVOY_INVALID_OPTION if it is more than 2^31 − 1 */
export function samplesOfStep({
  batchSize,
  accumulate,
}: {
  readonly batchSize: number;
  readonly accumulate: number;
}): number {
  if (batchSize * accumulate <= MAX_STEP_SAMPLES) return batchSize * accumulate;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `batchSize: ${batchSize} with accumulate: ${accumulate}`,
    expected: `batchSize · accumulate of at most ${MAX_STEP_SAMPLES}`,
    fix: 'Take smaller numbers. A step of more samples than the data has is a step of all data.',
  });
}
