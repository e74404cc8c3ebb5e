// What a checkpoint holds: all that a run needs to go on as if it had never been interrupted.
import type { Losses, Metric, Model, Optimizer } from '@convoy/layers';
import type { Tensor } from '@convoy/tensor';
import type { EpochRecord } from '../shared/records.ts';

/** What determines every bit of a run. The number of workers does not, so it is missing. */
export interface TrainingConfiguration {
  readonly model: Model;
  readonly loss: Losses;
  readonly optimizer: Optimizer;
  readonly metrics: readonly Metric[];
  /** Samples of a step: mini-batches that are accumulated make one batch. */
  readonly batchSize: number;
  /** Shards of a full batch. */
  readonly shards: number;
  readonly seed: number;
  readonly shuffle: boolean;
  /** The length of the training data. */
  readonly samples: number;
  /** The `ARITHMETIC` of `@convoy/layers` with which it was begun. */
  readonly arithmetic: number;
}

/** How far a run has come. */
export interface TrainingPosition {
  /** Steps committed. */
  readonly step: number;
  /** Epochs done. */
  readonly epoch: number;
  /** Batches committed in the running epoch. */
  readonly batch: number;
  /** Of training so far. */
  readonly seconds: number;
  /** Of the running epoch: samples, then the sum of each statistic. */
  readonly totals: readonly number[];
  readonly learningRateFactor: number;
  /** Why the run was ended, if it was. */
  readonly stopped?: string;
}

/** A run between two steps. */
export interface TrainingSnapshot {
  readonly configuration: TrainingConfiguration;
  readonly position: TrainingPosition;
  /** One for each epoch done. */
  readonly records: readonly EpochRecord[];
  /** States of callbacks by name: plain data, as JSON knows it, and tensors. */
  readonly callbacks: Readonly<Record<string, unknown>>;
  /** In the order of the model. */
  readonly parameters: ReadonlyMap<string, Tensor>;
  /** The optimizer's arrays, such as `velocity`, each by the name of its parameter. */
  readonly slots: ReadonlyMap<string, ReadonlyMap<string, Tensor>>;
}
