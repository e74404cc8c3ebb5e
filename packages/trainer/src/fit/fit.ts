// The epochs of a fit: trains, evaluates, and tells the callbacks.
import type { Dataset } from '@convoy/datasets';
import type { Scores } from '@convoy/layers';
import { ConvoyError } from '@convoy/tensor';
import type { TrainingSnapshot } from '../checkpoint/snapshot.ts';
import type { EpochRecord } from '../shared/records.ts';
import type { Callback, FitOptions, History } from './callback.ts';
import { EpochWatch } from './epoch-clock.ts';
import type { FitContext } from './fit-context.ts';
import { FitRun } from './fit-run.ts';
import { RunLimits } from './run-limits.ts';

const PROGRESS_MS = 100;

export async function runFit(train: Dataset, options: FitOptions, context: FitContext): Promise<History> {
  const { callbacks = [], resume } = options;
  const run = new FitRun(context, callbacks);
  const resumed = resume === undefined ? undefined : await context.resume(resume);
  if (resumed) run.continueFrom(resumed);
  // They count what this fit does, not what was done before its checkpoint.
  const limits = new RunLimits(options, run.step);
  for (const callback of callbacks) await callback.onStart?.(run);
  if (resumed) run.restoreCallbacks(resumed);
  let stopped: string | undefined;
  try {
    stopped = await runEpochs(train, options, context, run, limits);
  } catch (error) {
    // What ended the run counts more than what its end brings up, unless it was asked for: then a checkpoint may be missing.
    const wasAsked = error instanceof ConvoyError && error.code === 'CONVOY_ABORTED';
    await endAll(callbacks, run).catch((failure) => Promise.reject(wasAsked ? failure : error));
    throw error;
  }
  await endAll(callbacks, run);
  const { records, seconds } = run;
  const samples = records.length * train.length + (run.watch ? context.memory.samples : 0);
  return { epochs: records, seconds, samplesPerSecond: samples / seconds, ...(stopped !== undefined && { stopped }) };
}

/** @throws ConvoyError CONVOY_CHECKPOINT_MISMATCH if the checkpoint lies beyond the last epoch */
export function assertWithin(epochs: number, { records, position }: TrainingSnapshot): void {
  if (records.length < epochs || (records.length === epochs && position.batch === 0)) return;
  throw new ConvoyError('CONVOY_CHECKPOINT_MISMATCH', {
    given: `a checkpoint ${position.batch === 0 ? 'after' : 'behind'} epoch ${records.length} with epochs: ${epochs}`,
    expected: 'a checkpoint of one of these epochs',
    fix: `Pass epochs: ${records.length + (position.batch === 0 ? 0 : 1)} or more, or resume from an earlier checkpoint.`,
  });
}

/** Returns why the run was ended, if it was. */
async function runEpochs(
  train: Dataset,
  options: FitOptions,
  context: FitContext,
  run: FitRun,
  limits: RunLimits,
): Promise<string | undefined> {
  const { epochs, validation, callbacks = [], shuffle = true } = options;
  for (let epoch = run.records.length + 1; epoch <= epochs; epoch++) {
    // What stops a run in the middle of an epoch ends that epoch first, also when it is resumed there.
    const stopped = (context.position().batch === 0 ? run.stopped : undefined) ?? limits.reached(run.step);
    if (stopped !== undefined) return stopped;
    const secondsOfEpoch = run.beginEpoch();
    const watch = new EpochWatch(epoch, epochs, train.length, run.seconds, secondsOfEpoch, context);
    run.watch = watch;
    const isWhole = await reporting(callbacks, watch, context, limits, (signal) =>
      context.trainEpoch({
        shuffle,
        learningRateFactor: run.learningRateFactor,
        signal,
        stepsToPause: (step) => Math.min(limits.stepsLeft(step), stepsToCallback(callbacks, step)),
        pause: async () => {
          for (const callback of callbacks) {
            if (callback.everySteps && run.step % callback.everySteps === 0) await callback.onSteps?.(run);
          }
          return limits.reached(run.step) === undefined;
        },
      }),
    );
    if (!isWhole) return limits.reached(run.step);
    const seconds = run.endTraining(watch);
    // An epoch has at least one step.
    const scores = context.memory.scores() as Scores;
    const record: EpochRecord = {
      epoch,
      scores,
      ...(validation && { validation: await context.evaluate(validation) }),
      seconds,
      samplesPerSecond: train.length / seconds,
    };
    context.endEpoch();
    run.endEpoch(record);
    for (const callback of callbacks) await callback.onEpochEnd?.(record, run);
  }
  return run.stopped;
}

const stepsToCallback = (callbacks: readonly Callback[], step: number): number =>
  Math.min(...callbacks.map(({ everySteps }) => (everySteps ? everySteps - (step % everySteps) : Infinity)));

/** In reverse order: what comes last sees the run as the others see it, before they change it at its end. */
async function endAll(callbacks: readonly Callback[], run: FitRun): Promise<void> {
  for (const callback of callbacks.toReversed()) await callback.onEnd?.(run);
}

/** Tells the callbacks of progress while the work goes on, and once at its end. What a callback throws ends the work. */
async function reporting(
  callbacks: readonly Callback[],
  watch: EpochWatch,
  { memory }: FitContext,
  limits: RunLimits,
  work: (signal: AbortSignal) => Promise<boolean>,
): Promise<boolean> {
  const listeners = callbacks.filter((callback) => callback.onProgress);
  const report = () => {
    const progress = watch.progress();
    for (const listener of listeners) listener.onProgress?.(progress);
  };
  const failed = new AbortController();
  const timer = setInterval(() => {
    if (limits.isTimeUp) memory.requestStop();
    try {
      report();
    } catch (error) {
      clearInterval(timer);
      failed.abort(error);
    }
  }, PROGRESS_MS);
  try {
    const isWhole = await work(failed.signal);
    report();
    return isWhole;
  } catch (error) {
    throw failed.signal.aborted ? failed.signal.reason : error;
  } finally {
    clearInterval(timer);
  }
}
