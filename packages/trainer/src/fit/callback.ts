// What a fit tells its callbacks, and what they can ask of it.
import type { Model, Scores } from '@convoy/layers';
import type { Tensor } from '@convoy/tensor';
import type { TrainingSnapshot } from '../checkpoint/snapshot.ts';
import type { EpochRecord } from '../shared/records.ts';

/** How far a fit has come. */
export interface Progress {
  /** The running epoch, from 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Steps of this epoch that are done. */
  readonly step: number;
  /** All steps of this epoch. */
  readonly steps: number;
  /** Means over the samples of this epoch so far; undefined before the first step. */
  readonly scores: Scores | undefined;
  /** The mean over this epoch so far; 0 before the first step. */
  readonly samplesPerSecond: number;
  /** Seconds of training left in the whole fit at the speed so far; undefined before the first step. */
  readonly secondsLeft: number | undefined;
}

/** The running fit, as callbacks see it. */
export interface Run {
  readonly model: Model;
  /** Steps committed by the trainer so far. */
  readonly step: number;
  /** One for each epoch that is done. */
  readonly records: readonly EpochRecord[];
  /** Multiplies the learning rate from the next epoch on: a number of 0 or more that is finite as float32; 1 at first. */
  learningRateFactor: number;
  /**
   * Ends the fit before its next epoch; `fit` then resolves with the epochs so far and the reason. A run that is resumed from a checkpoint
   * that was written after this call stays stopped: to continue training, resume from an earlier checkpoint.
   * @param reason a text that is not empty
   */
  stop(reason?: string): void;
  /** Copies of the parameters by name. */
  parameters(): Map<string, Tensor>;
  /** Replaces parameters, between two steps. @throws ConvoyError CONVOY_BUSY while steps are taken, and after the fit */
  setParameters(parameters: Iterable<readonly [string, Tensor]>): void;
  /**
   * Everything that a run needs to continue from here as if it had never been interrupted. To be called from `onStart`, `onSteps`,
   * `onEpochEnd` and `onEnd`, which the fit awaits.
   * @throws ConvoyError CONVOY_BUSY while steps are taken, and after the fit; CONVOY_INVALID_DATA for a state that is not plain data
   */
  snapshot(): TrainingSnapshot;
}

/**
 * Is informed of the progress of a fit. An error that a callback throws ends the fit, and `fit` rejects with it. A plain object must have no other
 * members; an instance of a class may have its own.
 */
export interface Callback {
  /** The name under which snapshots keep its state. Callbacks with the same name are told apart by their order. */
  readonly name?: string;
  /**
   * What the callback must remember when the run is resumed: plain data that JSON can hold, with tensors anywhere in it, at most 100 levels deep.
   * A state that is undefined is not kept.
   */
  state?(): unknown;
  /** Restores what `state` returned; called after `onStart` of a run that is resumed. */
  restore?(state: unknown): void;

  /** Whether a fit with `fastDevRun` leaves this callback out, because it writes files or ends the run. */
  readonly skipsFastDevRun?: boolean;

  /**
   * Called first, before the checkpoint to resume from is read: takes what the fit needs for itself alone, such as a directory.
   */
  acquire?(): void | Promise<void>;
  /** Called last in every fit in which `acquire` has succeeded, however the fit ends: gives back what it took. It must not fail. */
  release?(): void | Promise<void>;

  /** Called before the first epoch. */
  onStart?(run: Run): void | Promise<void>;
  /** The number of the trainer's steps between two calls of `onSteps`, from 1 to 2^31 − 1. */
  readonly everySteps?: number;
  /** Called between two steps; the next step waits for it. */
  onSteps?(run: Run): void | Promise<void>;
  /** Called about ten times per second, and once at the end of each epoch. A promise that it returns is not awaited; if it rejects, the fit ends. */
  onProgress?(progress: Progress): void;
  /** Called after each epoch and its validation; the next epoch waits for it. */
  onEpochEnd?(record: EpochRecord, run: Run): void | Promise<void>;
  /** Called after the last epoch, also if the run was stopped, was aborted or failed. The callback that is last in the list is called first. */
  onEnd?(run: Run): void | Promise<void>;
}
