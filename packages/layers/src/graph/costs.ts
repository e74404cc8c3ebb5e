// What a model has to learn, to keep and to compute.
import { sizeOf } from '@convoy/tensor';
import { definitionOf, type ParameterSpec } from '../layer.ts';
import type { Model, ModelLayer } from './model.ts';

export interface ModelCosts {
  /** The numbers that training changes, or would if they were not frozen. */
  readonly parameters: number;
  /** The numbers that a model keeps of earlier batches, such as the running means of batch normalization. */
  readonly statistics: number;
  /** Multiplications by numbers of kernels, each with an addition, in the forward part of one sample. Normalizations and the like are not counted. */
  readonly multiplyAdds: number;
}

/** Of a model, or of some of its layers. */
export function modelCosts({ layers }: Pick<Model, 'layers'>): ModelCosts {
  const parameters = layers.flatMap((layer) => layer.parameters);
  return {
    parameters: sizesOf(parameters.filter(({ movingAverage }) => movingAverage === undefined)),
    statistics: sizesOf(parameters.filter(({ movingAverage }) => movingAverage !== undefined)),
    multiplyAdds: layers.reduce((sum, layer) => sum + multiplyAddsOf(layer), 0),
  };
}

const sizesOf = (parameters: readonly ParameterSpec[]) => parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);

const multiplyAddsOf = ({ layer, inputs, output }: ModelLayer): number =>
  definitionOf(layer).multiplyAdds?.(layer.settings, inputs, output) ?? 0;
