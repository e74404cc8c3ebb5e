// Models in which each layer feeds the next one.
import { ConvoyError } from '@convoy/tensor';
import { checkOptions } from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';
import type { Layer } from '../layer.ts';
import { graph } from './graph.ts';
import { type Model, type ModelOptions, modelOptionChecks } from './model.ts';

/**
 * A model in which each layer feeds the next one.
 *
 * @throws ConvoyError as `graph`
 * @example sequential({ input: [1, 28, 28] }, [flatten(), dense({ units: 32 }), relu(), dense({ units: 10 })])
 */
export function sequential(options: ModelOptions, layers: readonly Layer[]): Model {
  const { input } = checkOptions('sequential', options, modelOptionChecks);
  if (Array.isArray(layers) && layers.length > 0) return graph({ input }, (x) => x.to(...layers));
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `layers: ${describeValue(layers)}`,
    expected: 'an array with at least one layer',
    fix: 'Add a layer, such as dense({ units: 10 }).',
  });
}
