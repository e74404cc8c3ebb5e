// The scores that workers leave behind, a line of statistics a shard.
import type { Plan } from '@convoy/layers';
import type { MemoryLayout } from './memory-layout.ts';

const FLOAT_BYTES = 4;

/** The sum over the samples of a batch of one of its statistics, shard by shard in order; its shards have the lines from `first` on. */
export function sumOverBatch(
  floats: Float32Array,
  plan: Plan,
  layout: MemoryLayout,
  statistic: number,
  first: number,
  shards: number,
  samples: number,
): number {
  let sum = 0;
  for (let line = first; line < first + shards; line++) {
    sum += floats[(layout.statistics + line * plan.statisticsBytes) / FLOAT_BYTES + statistic] as number;
  }
  // The loss is the batch's mean, metrics are counts.
  return statistic === 0 ? sum * samples : sum;
}
