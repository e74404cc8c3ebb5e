// What runs a plan, as `@convoy/layers/runtime`: for threads that receive one and compile nothing. Loads no layers and no kernels.
export { type Batch, type Order, type RowMixer, type SampleArrays, SampleSource } from './batch.ts';
export type { BoundCalls } from './call-runner.ts';
export { type BackwardCall, Engine, type EngineHooks, type EngineOptions } from './engine.ts';
export {
  type EngineLabel,
  type EngineLayout,
  type EngineMemory,
  layOutEngines,
  MemoryPlanner,
  workspaceBytesOf,
} from './engine-layout.ts';
export { type Gather, type GatherModule, instantiateGather } from './gather-runner.ts';
export { LANES } from './lanes.ts';
export { CACHE_LINE, type Pass, type Plan, roundUp } from './plan.ts';
export { sumOfScore } from './reduction.ts';
export type { RowAugmenter, RowFinder } from './sample-rows.ts';
export { activeShards, type Sharding } from './sharding.ts';
