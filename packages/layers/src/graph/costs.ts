// How many parameters, statistics and multiplications a model has.
import { sizeOf } from '@convoy/tensor';
import { wrongResult } from '@convoy/tensor/definitions';
import { definitionOf, type ParameterSpec } from '../layer.ts';
import { inLayer } from './layer-errors.ts';
import type { Model, ModelLayer } from './model.ts';
import { checkedLayers } from './model-check.ts';

/** The costs of a model; see `modelCosts`. */
export interface ModelCosts {
  /** The number of parameters that optimizers train, frozen ones included. */
  readonly parameters: number;
  /** The number of running statistics, such as the running means of batch normalization. */
  readonly statistics: number;
  /** The multiplications by weights, each with an addition, in forward for one sample. Normalizations and activations are not counted. */
  readonly multiplyAdds: number;
}

/**
 * The costs of a model, or of some of its layers.
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_UNKNOWN_NAME
 */
export function modelCosts(model: Pick<Model, 'layers'>): ModelCosts {
  const layers = checkedLayers(model);
  const parameters = layers.flatMap((layer) => layer.parameters);
  return {
    parameters: sizesOf(parameters.filter(({ movingAverage }) => movingAverage === undefined)),
    statistics: sizesOf(parameters.filter(({ movingAverage }) => movingAverage !== undefined)),
    multiplyAdds: layers.reduce((sum, layer) => sum + multiplyAddsOf(layer), 0),
  };
}

const sizesOf = (parameters: readonly ParameterSpec[]) => parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);

function multiplyAddsOf({ name, layer, inputs, output }: ModelLayer): number {
  const count = inLayer(name, () => definitionOf(layer).multiplyAdds?.(layer.settings, inputs, output) ?? 0);
  if (Number.isFinite(count)) return count;
  throw wrongResult(`layer '${name}'`, 'multiplyAdds', count, 'a finite number');
}
