// The content of a checkpoint: everything that a run needs to continue as if it had never been interrupted.
import type { Augmentation } from '@convoy/datasets/augment';
import type { Losses, Metric, Model, Optimizer } from '@convoy/layers';
import type { EpochRecord } from '../shared/records.ts';
import type { MemoryState } from '../shared/training-memory.ts';

/** The settings of a trainer that determine the bits of its runs. The number of workers does not, so it is not among them. */
export interface TrainerConfiguration {
  readonly model: Model;
  readonly loss: Losses;
  readonly optimizer: Optimizer;
  readonly metrics: readonly Metric[];
  /** Samples of a step: mini-batches that are accumulated make one batch. */
  readonly batchSize: number;
  /** Shards of a full batch. */
  readonly shards: number;
  readonly seed: number;
  /** The `ARITHMETIC` of `@convoy/layers` with which the run began. */
  readonly arithmetic: number;
}

/** Everything that determines the bits of a run, except the content of its data. */
export interface RunConfiguration extends TrainerConfiguration {
  readonly shuffle: boolean;
  /** Missing if samples are not augmented. */
  readonly augment?: readonly Augmentation[];
  /** The length of the training data. */
  readonly samples: number;
}

/** How far a run has come. */
export interface TrainingPosition {
  /** Steps committed. */
  readonly step: number;
  /** Epochs done. */
  readonly epoch: number;
  /** Batches committed in the running epoch. */
  readonly batch: number;
  /** Seconds of training so far. */
  readonly seconds: number;
  /** The samples of the running epoch so far, then the sum of each score over them. */
  readonly totals: readonly number[];
  readonly learningRateFactor: number;
  /** Why the run was stopped, if it was. */
  readonly stopped?: string;
}

/** A run between two steps. */
export interface TrainingSnapshot extends Pick<MemoryState, 'parameters' | 'slots'> {
  readonly configuration: RunConfiguration;
  readonly position: TrainingPosition;
  /** One for each epoch done. */
  readonly records: readonly EpochRecord[];
  /** The states of callbacks by name: plain data that JSON can hold, and tensors. */
  readonly callbacks: Readonly<Record<string, unknown>>;
}
