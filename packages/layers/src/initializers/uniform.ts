// Parameters that start with uniformly distributed numbers.
import { ConvoyError } from '@convoy/tensor';
import { float32In, optional } from '@convoy/tensor/checks';
import { defineInitializer, type Initializer } from '../initializer.ts';

/** The interval from `min` to `max`, or from −`limit` to `limit`. */
export type UniformInitializerOptions = UniformRange | { readonly limit: number };

interface UniformRange {
  readonly min: number;
  readonly max: number;
}

const describe = defineInitializer<Partial<UniformRange> & { readonly limit?: number }, UniformRange>({
  type: 'uniform',
  settings(check) {
    const number = optional(float32In({}));
    const { limit, min, max } = check({ limit: optional(float32In({ above: 0 })), min: number, max: number });
    if (limit !== undefined && min === undefined && max === undefined) return { min: -limit, max: limit };
    if (limit !== undefined || min === undefined || max === undefined) {
      throw new ConvoyError('CONVOY_INVALID_OPTION', {
        given: `limit: ${limit}, min: ${min}, max: ${max}`,
        expected: 'a limit, or a min and a max',
        fix: 'Pass { limit: 0.05 } or { min: 0, max: 1 }.',
      });
    }
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
