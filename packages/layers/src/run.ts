// What runs a plan, as `@convoy/layers/run`: for threads that are sent one and compile nothing. Loads no layers and no kernels.
export { BlockRunner, type BoundCalls, instantiateKernels } from './plan/block-runner.ts';
export { type GatherModule, instantiateGather } from './plan/gather-runner.ts';
export { LANES } from './plan/lanes.ts';
export { CACHE_LINE, type Plan, roundUp } from './plan/plan.ts';
export { RandomKeys } from './plan/random-keys.ts';
export { partialsBytes, type RunnerMemory, ShardRunner, shardsBytes, workspacesBytes } from './plan/shard-runner.ts';
export { activeShards, type Sharding } from './plan/shards.ts';
export { gradientScale, UNIT_FLOATS, UpdateRunner } from './plan/update-runner.ts';
