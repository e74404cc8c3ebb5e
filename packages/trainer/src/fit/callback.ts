// What a run tells its callbacks, and what they can ask of it.
import type { Dataset } from '@convoy/datasets';
import type { Model, Scores } from '@convoy/layers';
import type { Tensor } from '@convoy/tensor';
import type { TrainingSnapshot } from '../checkpoint/snapshot.ts';
import type { EpochRecord } from '../shared/records.ts';

/** Where a fit stands. */
export interface Progress {
  /** The running epoch, from 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Steps of this epoch that are done, and all of them. */
  readonly step: number;
  readonly steps: number;
  /** Means over the samples of this epoch so far; undefined before the first step. */
  readonly scores: Scores | undefined;
  /** Of this epoch so far; 0 before the first step. */
  readonly samplesPerSecond: number;
  /** Seconds of training left in the whole fit at the speed so far; undefined before the first step. */
  readonly secondsLeft: number | undefined;
}

/** What `fit` did. */
export interface History {
  readonly epochs: readonly EpochRecord[];
  /** Seconds of training over all epochs, everything but validation included. */
  readonly seconds: number;
  readonly samplesPerSecond: number;
  /** Why it was ended, if it was: what `stop` was told, or the limit that was reached. */
  readonly stopped?: string;
}

/** The running fit, as callbacks see it. */
export interface Run {
  readonly model: Model;
  /** Steps committed by the trainer so far. */
  readonly step: number;
  /** The epochs that are done. */
  readonly records: readonly EpochRecord[];
  /** Multiplies the learning rate from the next epoch on; 1 at first. */
  learningRateFactor: number;
  /**
   * Ends the fit before its next epoch; `fit` then resolves with the epochs so far and the reason. A run that is resumed from a checkpoint
   * of then stays ended: to train on, resume from the one before.
   */
  stop(reason?: string): void;
  /** Copies of the parameters by name. */
  parameters(): Map<string, Tensor>;
  /** Replaces parameters, between epochs. */
  setParameters(parameters: Iterable<readonly [string, Tensor]>): void;
  /** All that a run needs to go on from here as if it had never been interrupted. To be called from the callbacks that are awaited. */
  snapshot(): TrainingSnapshot;
}

/** Hears of a run. What a callback throws ends the run and comes out of `fit`. */
export interface Callback {
  /** The name under which its state is kept in snapshots; of several with one name, the order tells which is which. */
  readonly name?: string;
  /** What it has to remember when the run is resumed: plain data, as JSON knows it, with tensors anywhere in it. */
  state?(): unknown;
  /** Takes up what `state` returned; called after `onStart` of a run that is resumed. */
  restore?(state: unknown): void;

  /** Whether a fit with `fastDevRun` goes without it, because it writes files or ends the run. */
  readonly skipsFastDevRun?: boolean;

  /** Before the first epoch. */
  onStart?(run: Run): void | Promise<void>;
  /** How many steps of the trainer lie between two calls of `onSteps`. */
  readonly everySteps?: number;
  /** Between two steps; the next one waits for it. */
  onSteps?(run: Run): void | Promise<void>;
  /** About ten times a second, and once at the end of each epoch. */
  onProgress?(progress: Progress): void;
  /** After each epoch and its validation; the next one waits for it. */
  onEpochEnd?(record: EpochRecord, run: Run): void | Promise<void>;
  /** After the last epoch, also of a run that was stopped, aborted or failed. The callback that is listed last comes first. */
  onEnd?(run: Run): void | Promise<void>;
}

/** Which parameters: the current ones, or their moving average, which the optimizer keeps with `averageDecay`. */
export type Weights = 'current' | 'average';

export interface FitOptions {
  /** Passes over the data. */
  readonly epochs: number;
  /** Data to evaluate after each epoch. */
  readonly validation?: Dataset;
  /** Which parameters are evaluated; default 'current'. */
  readonly validationWeights?: Weights;
  readonly callbacks?: readonly Callback[];
  /** Ends the run after the running step; `fit` then rejects with CONVOY_ABORTED. */
  readonly signal?: AbortSignal;
  /** Whether each epoch takes the samples in an order of its own; default true. */
  readonly shuffle?: boolean;
  /** Ends the fit after so many steps of it; `fit` resolves with the epochs that are whole. */
  readonly maxSteps?: number;
  /** Ends the fit after so many seconds, the running step included; `fit` resolves with the epochs that are whole. */
  readonly maxSeconds?: number;
  /** Trains on the first batches only, so many of them: a model that is right learns them by heart. */
  readonly overfitBatches?: number;
  /**
   * Tries the fit out: one epoch of the first batch, or of as many batches as it says, then as many of the validation data. It goes without
   * `resume` and without the callbacks that write files or end the run: `checkpoint`, `csvLog`, `jsonLinesLog`, `earlyStopping`, `stopWhen`,
   * and those with `skipsFastDevRun`. The parameters change as in any fit. Default false.
   */
  readonly fastDevRun?: boolean | number;
  /**
   * A checkpoint to go on from, or a directory with checkpoints, of which the last one is taken if there is one. `epochs` counts all epochs,
   * those before the checkpoint included. The bits are those of a run that was never interrupted.
   */
  readonly resume?: string;
}
