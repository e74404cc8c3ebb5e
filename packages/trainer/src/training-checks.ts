// Checks of the options that say what is trained: a model, losses, an optimizer and metrics. They make sure that these
// are descriptions; whether they fit together is checked when the model is compiled.
import type { Loss, Losses, Metric, Model, Optimizer } from '@convoy/layers';
import { ConvoyError, isShape } from '@convoy/tensor';
import { listOf, type OptionCheck } from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';
import { isRecord } from './checkpoint/exact-json.ts';

/** The check of an option that a function of `@convoy/layers` makes. */
const madeBy =
  <T>(what: string, example: string, holds: (value: Readonly<Record<string, unknown>>) => boolean): OptionCheck<T> =>
  (name, value) => {
    if (isRecord(value) && holds(value)) return value as T;
    throw new ConvoyError('CONVOY_INVALID_OPTION', {
      given: `${name}: ${describeValue(value)}`,
      expected: what,
      fix:
        typeof value === 'function' ? `Call it, as in ${name}: ${example}.` : `Pass, for example, ${name}: ${example}.`,
    });
  };

const isDescription = ({ type, settings }: Readonly<Record<string, unknown>>): boolean =>
  typeof type === 'string' && isRecord(settings);

function isModelLayer(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { name, layer, from, inputs, parameters, output } = value;
  return (
    typeof name === 'string' &&
    isRecord(layer) &&
    isDescription(layer) &&
    [from, inputs, parameters].every(Array.isArray) &&
    isShape(output)
  );
}

export const modelCheck = madeBy<Model>(
  'a model, which sequential(…) or graph(…) makes',
  'lenet5()',
  ({ input, layers, outputs, output }) =>
    isShape(input) &&
    isShape(output) &&
    Array.isArray(layers) &&
    layers.every(isModelLayer) &&
    Array.isArray(outputs) &&
    outputs.length > 0 &&
    outputs.every((number) => layers[number] !== undefined),
);

const lossCheck = madeBy<Loss>('a loss', 'softmaxCrossEntropy()', isDescription);

export const lossesCheck: OptionCheck<Losses> = (name, value) =>
  (Array.isArray(value) ? listOf(lossCheck) : lossCheck)(name, value);

export const optimizerCheck = madeBy<Optimizer>('an optimizer', 'sgd({ learningRate: 0.01 })', isDescription);

const metricCheck = madeBy<Metric>(
  'a metric',
  'accuracy()',
  ({ name, ...description }) => isDescription(description) && typeof name === 'string',
);

/** Scores are kept by name, so each name must be there once. */
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
