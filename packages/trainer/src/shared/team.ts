// Who takes part in the steps of a segment: the workers with the first ranks. One without a shard would only keep the others waiting.

/**
 * Parameters to update that are worth a worker which has no shard. Through forward and backward it sleeps at the barrier, and waking it costs
 * the others some 30 µs a step. Measured with dense networks, one shard, 2 workers on 2 cores: of 280 k parameters, which one worker updates
 * in 53 µs, both took 1.06 times as long a step as one; of 616 k as long; of 1.08 M and 4.3 M 0.94 times as long.
 */
const FLOATS_WORTH_A_WORKER = 2 ** 19;

/**
 * How many workers take part, the same for every one that asks.
 * @param shards of the largest batch
 * @param floats parameters that each step updates
 * @param isAssisted whether a second worker may help with each shard
 */
export const teamSize = (workers: number, shards: number, floats: number, isAssisted: boolean): number =>
  Math.min(workers, Math.max(isAssisted ? 2 * shards : shards, Math.floor(floats / FLOATS_WORTH_A_WORKER)));
