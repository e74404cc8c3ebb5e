// The parameters of a model.
import type { ParameterSpec } from '../layer.ts';
import type { Model } from './model.ts';
import { checkedLayers } from './model-check.ts';

/**
 * All parameters of a model, running statistics included, in the order in which they are stored.
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const parametersOf = (model: Model): readonly ParameterSpec[] =>
  checkedLayers(model).flatMap(({ parameters }) => parameters);
