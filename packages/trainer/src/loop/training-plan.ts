// The plan of a trainer.
import { modelCosts } from '@convoy/layers';
import { compilePlan, type Plan } from '@convoy/layers/compile';
import type { TrainerSettings } from '../options.ts';

/**
 * Multiply-adds of a sample, forward, from which on a second worker for its shard is worth it. One block a step, 2 workers, times as fast with the
 * second one: 11 k 0.88, 20 k 1.00, 61 k 1.06, 417 k (LeNet-5) 1.12 to 1.18, 12 M (the CIFAR network) 1.2 to 1.4.
 */
const FEWEST_MULTIPLY_ADDS = 2 ** 17;

/** @throws ConvoyError as `compilePlan` */
export function planOf({ recipe, sharding, workers }: TrainerSettings): Plan {
  const { model, loss, optimizer, metrics } = recipe;
  const { shards, blocksPerShard } = sharding;
  const assisted =
    workers >= 2 * shards && blocksPerShard === 1 && modelCosts(model).multiplyAdds >= FEWEST_MULTIPLY_ADDS;
  return compilePlan(model, { loss, optimizer, metrics, assisted });
}
