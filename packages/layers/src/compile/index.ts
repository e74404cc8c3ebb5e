// What compiles plans, and what the main thread knows of a plan, as `@convoy/layers/compile`: for trainers, not for users of layers.
export { modelCheck } from '../graph/model-check.ts';
export { initialValues } from '../initializer.ts';
export { definitionOf, USUAL_TREATMENT } from '../layer.ts';
export { lossDefinitionOf, lossesOf, type TargetSpec } from '../loss.ts';
export { metricDefinitionOf } from '../metric.ts';
export { hyperparametersOf, optimizerDefinitionOf } from '../optimizer.ts';
export { callsOf, layerOf, type Pass, type Plan, type PlanCall, type PlanParameter, Region } from '../runtime/plan.ts';
export { DEFAULT_SHARDS, type Sharding, shardBatch } from '../runtime/sharding.ts';
export { TrainingState } from '../runtime/training-state.ts';
export {
  lossCheck,
  lossesCheck,
  maxShardsCheck,
  metricsCheck,
  optimizerCheck,
  samplesOfStep,
  trainingChecks,
} from '../training-checks.ts';
export { ARITHMETIC } from './arithmetic.ts';
export { type CompileOptions, compilePlan } from './compile.ts';
export { compileGather, plainSamples, rowsBytes, type SampleEncoding } from './gather.ts';
