// The plan of a trainer.
import { type Losses, type Metric, type Model, modelCosts, type Optimizer } from '@convoy/layers';
import { compilePlan, type Plan } from '@convoy/layers/compile';
import type { Sharding } from '@convoy/layers/runtime';

/**
 * From how many multiply-adds per sample in the forward pass a second worker should assist with a shard. Measured with one block per step and
 * 2 workers, relative speed with the second worker: 11 k multiply-adds 0.88, 20 k 1.00, 61 k 1.06, 417 k (LeNet-5) 1.12 to 1.18, 12 M (the
 * CIFAR network) 1.2 to 1.4.
 */
const MIN_ASSISTED_MULTIPLY_ADDS = 2 ** 17;

/** The settings of a trainer that its plan depends on. */
export interface PlanNeeds {
  readonly configuration: {
    readonly model: Model;
    readonly loss: Losses;
    readonly optimizer: Optimizer;
    readonly metrics: readonly Metric[];
  };
  readonly sharding: Sharding;
  readonly workers: number;
}

/** @throws ConvoyError as `compilePlan` */
export function planOf({ configuration, sharding, workers }: PlanNeeds): Plan {
  const { model, loss, optimizer, metrics } = configuration;
  const { shards, blocksPerShard } = sharding;
  const assisted =
    workers >= 2 * shards && blocksPerShard === 1 && modelCosts(model).multiplyAdds >= MIN_ASSISTED_MULTIPLY_ADDS;
  return compilePlan(model, { loss, optimizer, metrics, assisted });
}
