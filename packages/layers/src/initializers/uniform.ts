// Parameters that start with uniformly distributed numbers.
import { ConvoyError, finiteNumber } from '@convoy/tensor';
import { defineInitializer, type Initializer } from '../initializer.ts';

/** The interval from `min` to `max`, or from −`limit` to `limit`. */
export type UniformInitializerOptions = UniformRange | { readonly limit: number };

interface UniformRange {
  readonly min: number;
  readonly max: number;
}

const describe = defineInitializer<UniformInitializerOptions, UniformRange>({
  type: 'uniform',
  settings(options) {
    if ('limit' in options) {
      const limit = finiteNumber('limit', options.limit, { above: 0 });
      return { min: -limit, max: limit };
    }
    const min = finiteNumber('min', options.min);
    const max = finiteNumber('max', options.max);
    if (min < max) return { min, max };
    throw new ConvoyError('CONVOY_INVALID_OPTION', {
      given: `min: ${min} with max: ${max}`,
      expected: 'a min below max',
      fix: 'Swap them, or use constantInitializer for a single number.',
    });
  },
  fill({ min, max }, values, _, random) {
    const uniform = random(0);
    for (let i = 0; i < values.length; i++) values[i] = min + (max - min) * uniform.uniform(i);
  },
});

/**
 * Uniformly distributed numbers from `min` to `max`, or from −`limit` to `limit`. Their variance is (max − min)² / 12.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const uniformInitializer = (options: UniformInitializerOptions): Initializer => describe(options);
