// The data-parallel trainer.
export type { Callback, EpochRecord, FitOptions, History, Progress } from './callbacks.ts';
export { createTrainer, type RunOptions, type Trainer, type TrainerOptions } from './trainer.ts';
