// What runs a plan, as `@convoy/layers/run`: for threads that are sent one and compile nothing. Loads no layers and no kernels.
export { BlockRunner, type BoundCalls, instantiateKernels } from './block-runner.ts';
export { type GatherModule, instantiateGather } from './gather-runner.ts';
export { LANES } from './lanes.ts';
export { CACHE_LINE, type Plan, roundUp } from './plan.ts';
export { RandomKeys } from './random-keys.ts';
export { partialsBytes, type RunnerMemory, ShardRunner, shardsBytes, workspacesBytes } from './shard-runner.ts';
export { activeShards, type Sharding } from './sharding.ts';
export { gradientScale, UNIT_FLOATS, UpdateRunner } from './update-runner.ts';
