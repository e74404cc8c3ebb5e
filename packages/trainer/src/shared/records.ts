// What a run records of each epoch. Callbacks, histories and checkpoints hold these records.
import type { Scores } from '@convoy/layers';

/** The results of one epoch. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  /** Means over the samples of the epoch, each computed before the step that learned from the sample. */
  readonly scores: Scores;
  /** The scores of the validation data after the epoch. */
  readonly validation?: Scores;
  /** Seconds of training, without validation. */
  readonly seconds: number;
  readonly samplesPerSecond: number;
}
