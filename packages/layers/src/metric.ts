// What a metric is: a number that measures predictions and has no gradient.
import type { Shape } from '@convoy/tensor';
import { functionOf, listOf, type OptionsParameter, text } from '@convoy/tensor/checks';
import {
  checkDefinition,
  describe,
  inDefinition,
  Registry,
  type WithSettings,
  wrongResult,
} from '@convoy/tensor/definitions';
import type { Call } from './layer-context.ts';
import type { ScoreContext, TargetKind } from './loss.ts';

/** A metric as a plain, structured-clonable description. */
export interface Metric {
  readonly type: string;
  /** Its name in scores and histories. */
  readonly name: string;
  readonly settings: object;
}

/** Gives a type of metric its meaning; see `defineMetric`. */
export interface MetricDefinition<Settings extends object = object> {
  readonly type: string;
  /** Its name in histories. */
  name(settings: Settings): string;
  /** The kinds of targets that it can compare outputs with. */
  readonly targets: readonly TargetKind[];
  /** @throws ConvoyError CONVOY_SHAPE_MISMATCH if the metric cannot take such an output. */
  checkOutput(settings: Settings, output: Shape): void;
  /** Adds the block's sum over samples of non-zero weight to the result; the sum over all samples divided by their number is the metric. */
  compile(settings: Settings, context: ScoreContext): readonly Call[];
}

const registry = new Registry<MetricDefinition>('a metric', 'accuracy()');

/**
 * Registers a metric type, and returns the function that describes metrics of it.
 * @throws ConvoyError CONVOY_INVALID_OPTION for a definition that lacks a part
 */
export function defineMetric<Options, Settings extends object>(
  definition: MetricDefinition<Settings> & WithSettings<Options, Settings>,
): (...options: OptionsParameter<Options>) => Metric {
  checkDefinition(definition, {
    settings: functionOf(),
    name: functionOf(),
    targets: listOf(text),
    checkOutput: functionOf(),
    compile: functionOf(),
  });
  // A definition only gets settings that its own `settings` made.
  registry.add(definition as unknown as MetricDefinition);
  return (options?: Options) => {
    const { type, settings } = describe(definition, options);
    const name = inDefinition(type, () => definition.name(settings));
    if (typeof name !== 'string' || name === '') throw wrongResult(type, 'name', name, 'a text that is not empty');
    return Object.freeze({ type, name, settings });
  };
}

/**
 * @param name what messages call the metric
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_UNKNOWN_NAME
 */
export const metricDefinitionOf = (metric: Metric, name?: string): MetricDefinition => registry.get(metric, name);
