// How a mini-batch is divided into shards. It depends on the batch size and the configuration, never on the number of workers.
import { LANES } from './lanes.ts';

export interface Sharding {
  /** Samples in a full batch. */
  readonly batchSize: number;
  /** Shards of a full batch. */
  readonly shards: number;
  /** Blocks of 8 samples in each shard; the last shard may have fewer. */
  readonly blocksPerShard: number;
}

/**
 * More shards keep more workers busy, but each shard has a gradient buffer that the update reads. 16 shards serve 16 cores; with the 8 shards of
 * batch 64, the update of LeNet-5 takes 3 % of a step.
 */
export const DEFAULT_SHARDS = 16;

/** Divides a batch into at most `maxShards` shards of whole blocks, as evenly as possible. */
export function shardBatch(batchSize: number, maxShards = DEFAULT_SHARDS): Sharding {
  const blocks = Math.ceil(batchSize / LANES);
  const blocksPerShard = Math.ceil(blocks / maxShards);
  return { batchSize, shards: Math.ceil(blocks / blocksPerShard), blocksPerShard };
}

/** How many shards a batch of `samples` fills. */
export const activeShards = ({ blocksPerShard }: Sharding, samples: number): number =>
  Math.ceil(samples / (blocksPerShard * LANES));
