// What a fit is asked for, and what it returns.
import type { Dataset } from '@convoy/datasets';
import type { Augmentation } from '@convoy/datasets/augment';
import type { Weights } from '../loop/weights.ts';
import type { EpochRecord } from '../shared/records.ts';
import type { Callback } from './callback.ts';

/** The options of `Trainer.fit`. */
export interface FitOptions {
  /** Passes over the data, from 1 to 2^31 − 1. */
  readonly epochs: number;
  /** Data to evaluate after each epoch. */
  readonly validation?: Dataset;
  /** Which parameters are evaluated; default 'current'. */
  readonly validationWeights?: Weights;
  readonly callbacks?: readonly Callback[];
  /** Ends the run after the running step; `fit` then rejects with CONVOY_ABORTED. */
  readonly signal?: AbortSignal;
  /** Whether each epoch takes the samples in a new random order; default true. */
  readonly shuffle?: boolean;
  /**
   * Random changes of the samples of each epoch, in their order, such as `[randomCrop({ padding: 4 }), horizontalFlip()]` of
   * `@convoy/datasets/augment`. Workers apply them while they gather a mini-batch; validation data stays as it is. Default none.
   */
  readonly augment?: readonly Augmentation[];
  /** Ends the fit after this many of its steps, from 1 to 2^31 − 1; `fit` resolves with the epochs that are complete. */
  readonly maxSteps?: number;
  /** Ends the fit after this many seconds, above 0, when the running step is done; `fit` resolves with the epochs that are complete. */
  readonly maxSeconds?: number;
  /** Trains on this many batches only, the first ones. A correct model learns them by heart. */
  readonly overfitBatches?: number;
  /**
   * Tries the fit out: one epoch of the first batch, or of this many batches, and the validation of as many batches. It ignores `resume` and
   * the callbacks that write files or end the run: `checkpoint`, `csvLog`, `jsonLinesLog`, `earlyStopping`, `stopWhen`, and those with
   * `skipsFastDevRun`. The parameters change as in any fit. Default false.
   */
  readonly fastDevRun?: boolean | number;
  /**
   * A checkpoint to continue from, or a directory, whose last checkpoint is taken if it has one. `epochs` counts all epochs, including those
   * before the checkpoint. The parameters have the same bits as in a run that was never interrupted.
   */
  readonly resume?: string;
}

/** What `fit` did. */
export interface History {
  readonly epochs: readonly EpochRecord[];
  /** Seconds of training over all epochs: everything except validation. */
  readonly seconds: number;
  readonly samplesPerSecond: number;
  /** Why the run was stopped, if it was: the reason that `stop` was given, or the limit that was reached. */
  readonly stopped?: string;
}
