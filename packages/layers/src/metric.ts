// What a metric is: a number that tells how good predictions are, without a gradient.
import type { Shape } from '@convoy/tensor';
import type { Call } from './layer.ts';
import type { ScoreSite, TargetKind } from './loss.ts';
import { Registry } from './registry.ts';

/** A metric as a plain, structured-clonable description. Its type is its name in histories. */
export interface Metric {
  readonly type: string;
}

export interface MetricDefinition {
  readonly type: string;
  readonly targets: TargetKind;
  /** @throws ConvoyError CONVOY_SHAPE_MISMATCH if the metric cannot take such an output. */
  checkOutput(output: Shape): void;
  /** Adds the block's sum over samples of non-zero weight to the result; the sum over all samples divided by their number is the metric. */
  compile(site: ScoreSite): readonly Call[];
}

const registry = new Registry<MetricDefinition>('metric');

/** Makes a metric's definition known and returns the function that describes it. */
export function defineMetric(definition: MetricDefinition): () => Metric {
  registry.add(definition);
  return () => Object.freeze({ type: definition.type });
}

/** @throws ConvoyError CONVOY_UNKNOWN_NAME */
export const metricDefinitionOf = (metric: Metric): MetricDefinition => registry.get(metric);
