// What a fit and its trainer ask of each other.
import type { Dataset } from '@convoy/datasets';
import type { Model, Scores } from '@convoy/layers';
import type { TrainingConfiguration, TrainingSnapshot } from '../checkpoint/snapshot.ts';
import type { TrainingMemory } from '../shared/training-memory.ts';

/** How an epoch is to be trained. */
export interface EpochSettings {
  readonly shuffle: boolean;
  readonly learningRateFactor: number;
  readonly signal: AbortSignal;
  /** Steps from here to the next pause. */
  stepsToPause(step: number): number;
  /** What happens in a pause, with the workers at rest. Returns whether the epoch goes on. */
  pause(): Promise<boolean>;
}

/** What a fit asks of its trainer. */
export interface FitContext {
  readonly model: Model;
  readonly batchSize: number;
  readonly memory: TrainingMemory;
  /** What determines the bits of the run. */
  readonly configuration: TrainingConfiguration;
  /** Epochs done by the trainer, and batches done of the one that is running. */
  position(): { readonly epoch: number; readonly batch: number };
  /** Loads the checkpoint that a path names, if there is one, and makes it the state. */
  resume(path: string): Promise<TrainingSnapshot | undefined>;
  /** Trains what is left of the running epoch. Returns whether that was all of it: a pause may have ended it. */
  trainEpoch(settings: EpochSettings): Promise<boolean>;
  /** Counts the epoch as done. */
  endEpoch(): void;
  evaluate(data: Dataset): Promise<Scores>;
}
