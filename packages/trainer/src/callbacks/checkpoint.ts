// Saves checkpoints during a run.
import { ConvoyError, positiveInteger } from '@convoy/tensor';
import { checkOptions, flag, type OptionCheck, optional, text } from '@convoy/tensor/checks';
import { CheckpointDirectory } from '../checkpoint/checkpoint-directory.ts';
import { number, objectOf, stateOf } from '../checkpoint/checks.ts';
import { encodeSnapshot } from '../checkpoint/encoding.ts';
import type { Callback } from '../fit/callback.ts';
import { BestScore, type MonitorOptions, monitorChecks } from './best-score.ts';

/** The options of `checkpoint`. */
export interface CheckpointOptions {
  /**
   * The directory for the files; it is created if it is missing. A fit uses it alone: until the fit or its process ends, a file convoy.lock in
   * it keeps every other fit from writing there. Anyone may read the checkpoints.
   */
  readonly directory: string;
  /** How often a checkpoint is saved; default after every epoch. Steps are those of the trainer. */
  readonly every?: { readonly epochs: number } | { readonly steps: number };
  /** How many checkpoints are kept, not counting the best one; default 2. */
  readonly keep?: number;
  /** Whether the checkpoint of the epoch with the best score is also kept, as best.safetensors. With true, the score is the loss. Default false. */
  readonly best?: boolean | MonitorOptions;
}

/**
 * Writes checkpoints from which `fit` continues with its option `resume`: parameters, optimizer state, counters, records, the states of
 * callbacks, configuration. Each file is complete or absent, even if the process is killed at any moment. A run that is aborted leaves a
 * checkpoint of its last step.
 *
 * Put it last in the list of callbacks. Then it saves the states of the other callbacks after they have seen the epoch, and its `onEnd` is
 * called before theirs, which may change the parameters.
 * @throws ConvoyError CONVOY_INVALID_OPTION; from `fit`, before training: CONVOY_DIRECTORY_IN_USE, CONVOY_FILE_UNWRITABLE,
 * CONVOY_FILE_UNREADABLE, CONVOY_INVALID_DATA for a run that a checkpoint cannot hold, CONVOY_OUT_OF_MEMORY
 */
export function checkpoint(options: CheckpointOptions): Callback {
  const {
    directory,
    every,
    keep,
    best: score,
  } = checkOptions('checkpoint', options, {
    directory: text,
    every: optional(intervalCheck, { epochs: 1 }),
    keep: optional(positiveInteger, 2),
    best: bestCheck,
  });
  const { epochs, steps } = every;
  let files: CheckpointDirectory | undefined;
  let savedStep = -1;
  return {
    skipsFastDevRun: true,
    ...(score && {
      name: 'checkpoint',
      state: () => ({ best: score.best }),
      restore: (state) => {
        checkState(state, stateOf('checkpoint'));
        score.best = (state as { best: number }).best;
      },
    }),
    ...(steps !== undefined && { everySteps: steps }),
    async acquire() {
      files = await CheckpointDirectory.open(directory, keep);
    },
    async release() {
      await files?.close();
      files = undefined;
    },
    onStart(run) {
      savedStep = -1;
      score?.reset();
      // A run that no checkpoint can hold, or whose snapshot has no room in memory, fails here instead of after its first epoch.
      encodeSnapshot(run.snapshot());
    },
    async onSteps(run) {
      await files?.save(run.snapshot());
      savedStep = run.step;
    },
    async onEpochEnd(record, run) {
      // First, since the checkpoint keeps the best score too.
      const isBest = score?.improves(record);
      if (epochs !== undefined && record.epoch % epochs === 0) {
        await files?.save(run.snapshot());
        savedStep = run.step;
      }
      if (isBest) await files?.saveBest(run.snapshot());
    },
    async onEnd(run) {
      if (run.step !== savedStep) await files?.save(run.snapshot());
    },
  };
}

const checkState = objectOf<{ best: number }>({ best: number });

interface Interval {
  readonly epochs?: number | undefined;
  readonly steps?: number | undefined;
}

const intervalCheck: OptionCheck<Interval> = (name, value) => {
  const { epochs, steps } = checkOptions(name, value as Interval, {
    epochs: optional(positiveInteger),
    steps: optional(positiveInteger),
  });
  if ((epochs === undefined) !== (steps === undefined)) return { epochs, steps };
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${name}: { epochs: ${epochs}, steps: ${steps} }`,
    expected: '{ epochs: n } or { steps: n }',
    fix: 'Pass the number of epochs or steps between two checkpoints.',
  });
};

/** Follows the best score, if the option asks for it. */
const bestCheck: OptionCheck<BestScore | undefined> = (name, value = false) => {
  if (typeof value !== 'object' && !flag(name, value)) return undefined;
  const options: MonitorOptions = value === true ? {} : (value as MonitorOptions);
  return new BestScore(checkOptions(name, options, monitorChecks));
};
