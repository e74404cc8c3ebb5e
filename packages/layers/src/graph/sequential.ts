// Models that are a chain of layers.
import { ConvoyError, type Shape } from '@convoy/tensor';
import { describeValue } from '@convoy/tensor/errors';
import type { Layer } from '../layer.ts';
import { graph } from './graph.ts';
import type { Model } from './model.ts';

/**
 * A model whose layers follow one another.
 *
 * @throws ConvoyError as `graph`
 */
export function sequential({ input }: { readonly input: Shape }, layers: readonly Layer[]): Model {
  if (Array.isArray(layers) && layers.length > 0) return graph({ input }, (x) => x.to(...layers));
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `layers: ${describeValue(layers)}`,
    expected: 'an array with at least one layer',
    fix: 'Add a layer, such as dense({ units: 10 }).',
  });
}
