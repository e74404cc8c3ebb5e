// The team of a segment: the workers with the lowest ranks. A worker without a shard would only make the others wait.

/**
 * From this number of parameters on, a worker without a shard is worth having for the update alone. During forward and backward it sleeps at the
 * barrier, and waking it costs the others about 30 µs per step. Measured with dense networks, one shard, 2 workers on 2 cores: the time of a step
 * with both workers ÷ with one is 1.06 for 280 k parameters (which one worker updates in 53 µs), 1.00 for 616 k, 0.94 for 1.08 M and 4.3 M.
 */
const FLOATS_WORTH_A_WORKER = 2 ** 19;

/**
 * How many workers take part in a segment; every worker computes the same number.
 * @param shards shards of the largest batch
 * @param floats parameters that each step updates
 * @param isAssisted whether a second worker may help with each shard
 */
export const teamSize = (workers: number, shards: number, floats: number, isAssisted: boolean): number =>
  Math.min(workers, Math.max(isAssisted ? 2 * shards : shards, Math.floor(floats / FLOATS_WORTH_A_WORKER)));
