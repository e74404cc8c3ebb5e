// The data-parallel trainer.
export type { MonitorOptions } from './callbacks/best-score.ts';
export { type CheckpointOptions, checkpoint } from './callbacks/checkpoint.ts';
export { csvLog } from './callbacks/csv-log.ts';
export { type EarlyStoppingOptions, earlyStopping } from './callbacks/early-stopping.ts';
export { jsonLinesLog } from './callbacks/json-lines-log.ts';
export type { LogOptions } from './callbacks/line-log.ts';
export { monitored } from './callbacks/monitored.ts';
export { type ReduceOnPlateauOptions, reduceOnPlateau } from './callbacks/reduce-on-plateau.ts';
export { stopWhen } from './callbacks/stop-when.ts';
export { type Availability, type Diagnosis, diagnose, diagnosisParts } from './diagnosis/diagnosis.ts';
export { formatProfile, type Profile, type ProfiledActivity, type WorkerProfile } from './diagnosis/profile.ts';
export { sharedMemoryUse } from './diagnosis/shared-memory-use.ts';
export type { Callback, Progress, Run } from './fit/callback.ts';
export type { FitOptions, History } from './fit/fit-options.ts';
export type { ClassEvaluation } from './loop/class-evaluation.ts';
export {
  formatLearningRateSearch,
  type LearningRateSearch,
  type LearningRateSearchOptions,
} from './loop/learning-rate-search.ts';
export type { Weights } from './loop/weights.ts';
export type { TrainerOptions } from './options.ts';
export type { SharedMemoryUse } from './shared/memory-layout.ts';
export type { EpochRecord } from './shared/records.ts';
export type { Simd } from './shared/simd.ts';
export { createTrainer, type RunOptions, type Trainer } from './trainer.ts';
