// The sum of the gradients over the shards as a separate stage, for steps in which something happens between the sum
// and the update.
import { kernel } from '../../language/kernel-builder.ts';
import { shardGradients, sumShards, type UpdateShape } from './shard-sums.ts';

/**
 * For units first … last − 1: g = Σ gradients over the shards in order, stored in place of the gradients of the first
 * shard. `shards` is at least 1.
 */
export function reduceShards(shape: UpdateShape) {
  const operands = { gradients: shardGradients(shape), first: 'index', last: 'index', shards: 'index' } as const;
  return kernel('reduceShards', operands, (k, { gradients, first, last, shards }) => {
    k.loop('unit', first, last, (unit) => {
      for (const [i, g] of sumShards(k, gradients, unit, shards).entries()) k.store(gradients(0, unit, i), g);
    });
  });
}
