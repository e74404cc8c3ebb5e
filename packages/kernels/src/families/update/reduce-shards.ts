// The sum of the shards' gradients as a stage of its own, for steps in which something happens between the sum and the update.
import { kernel } from '../../language/kernel-builder.ts';
import { shardGradients, sumShards, type UpdateShape } from './shard-sums.ts';

/**
 * g = Σ gradients over the shards in order, stored in the buffer of the first shard, for units first … last − 1. `shards` is at least 1.
 */
export function reduceShards(shape: UpdateShape) {
  const operands = { gradients: shardGradients(shape), first: 'index', last: 'index', shards: 'index' } as const;
  return kernel('reduceShards', operands, (k, { gradients, first, last, shards }) => {
    k.loop('unit', first, last, (unit) => {
      for (const [i, g] of sumShards(k, gradients, unit, shards).entries()) k.store(gradients(0, unit, i), g);
    });
  });
}
