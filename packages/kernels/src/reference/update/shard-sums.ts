// Reference of the sum of the gradients over the shards, in float64.

/** Σ over the shards in order. All arrays have the same length. */
export function sumShards(shardGradients: readonly Float64Array[]): Float64Array {
  return shardGradients[0]!.map((_, i) => shardGradients.reduce((sum, shard) => sum + shard[i]!, 0));
}
