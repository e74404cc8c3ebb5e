// Saves checkpoints while a run goes on.
import { ConvoyError, positiveInteger } from '@convoy/tensor';
import { describeValue } from '@convoy/tensor/errors';
import { CheckpointDirectory } from '../checkpoint/checkpoint-directory.ts';
import type { Callback } from '../fit/callback.ts';
import { BestScore, type MonitorOptions } from './best-score.ts';

export interface CheckpointOptions {
  /** Where the files are written; created if it is missing. It belongs to one run. */
  readonly directory: string;
  /** How often; default after every epoch. Steps are those of the trainer. */
  readonly every?: { readonly epochs: number } | { readonly steps: number };
  /** How many checkpoints stay, the best one apart; default 2. */
  readonly keep?: number;
  /** Also keeps the checkpoint of the epoch with the best score, as best.safetensors; true for the loss. Default false. */
  readonly best?: boolean | MonitorOptions;
}

/**
 * Writes checkpoints that `fit`'s option `resume` goes on from: parameters, optimizer state, counters, records, callbacks' states, configuration.
 * Each file is complete or absent, whenever the process is killed. A run that is aborted leaves a checkpoint of its last step.
 *
 * List it last: it keeps the states of the callbacks before it, and comes before them at the end, when some of them change the parameters.
 * @throws ConvoyError CONVOY_INVALID_OPTION; from `fit` CONVOY_FILE_UNWRITABLE, CONVOY_FILE_UNREADABLE
 */
export function checkpoint({ directory, every = { epochs: 1 }, keep = 2, best = false }: CheckpointOptions): Callback {
  const { epochs, steps } = checkedInterval(every);
  positiveInteger('keep', keep);
  const score = best === false ? undefined : new BestScore(best === true ? {} : best);
  let files: CheckpointDirectory | undefined;
  let savedStep = -1;
  return {
    skipsFastDevRun: true,
    ...(score && {
      name: 'checkpoint',
      state: () => ({ best: score.best }),
      restore: (state) => {
        score.best = (state as { best: number }).best;
      },
    }),
    ...(steps !== undefined && { everySteps: steps }),
    async onStart() {
      files = await CheckpointDirectory.open(directory, keep);
      savedStep = -1;
      score?.reset();
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

function checkedInterval(every: NonNullable<CheckpointOptions['every']>): { epochs?: number; steps?: number } {
  if (typeof every === 'object' && every !== null) {
    if ('epochs' in every) return { epochs: positiveInteger('every.epochs', every.epochs) };
    if ('steps' in every) return { steps: positiveInteger('every.steps', every.steps) };
  }
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `every: ${describeValue(every)}`,
    expected: '{ epochs: n } or { steps: n }',
    fix: 'Say how many epochs or steps lie between two checkpoints.',
  });
}
