// The epochs of a fit: trains, evaluates, and informs the callbacks.
import type { Scores } from '@convoy/layers';
import { ConvoyError } from '@convoy/tensor';
import { snapshotToResume } from '../checkpoint/resume.ts';
import type { Evaluation } from '../loop/evaluation.ts';
import type { TrainingLoop } from '../loop/training-loop.ts';
import type { TrainingMemory } from '../shared/training-memory.ts';
import type { Callback } from './callback.ts';
import type { CheckedFit } from './checked-fit.ts';
import type { EpochClock } from './epoch-clock.ts';
import type { History } from './fit-options.ts';
import { FitRun } from './fit-run.ts';
import { ProgressReporter } from './progress-reporter.ts';
import { RunLimits } from './run-limits.ts';

/** The parts of a trainer that a fit works with. */
export interface FitParts {
  readonly memory: TrainingMemory;
  readonly loop: TrainingLoop;
  readonly evaluation: Evaluation;
}

/** @throws ConvoyError as `Trainer.fit`; what a callback throws */
export async function runFit(fit: CheckedFit, parts: FitParts): Promise<History> {
  const acquired: Callback[] = [];
  try {
    for (const callback of fit.options.callbacks ?? []) {
      await callback.acquire?.();
      acquired.push(callback);
    }
    return await runAcquired(fit, parts);
  } finally {
    for (const callback of acquired.toReversed()) await callback.release?.();
  }
}

async function runAcquired(fit: CheckedFit, parts: FitParts): Promise<History> {
  const { train, configuration, options } = fit;
  const { callbacks = [], epochs, resume } = options;
  const { memory, loop } = parts;
  const run = new FitRun(configuration, memory, loop, callbacks);
  loop.begin(train, configuration.shuffle);
  const snapshot = resume === undefined ? undefined : await snapshotToResume(resume, configuration, epochs);
  if (snapshot) {
    loop.restore(snapshot);
    run.continueFrom(snapshot);
  }
  // They count the steps and the time of this fit, not those before its checkpoint.
  const limits = new RunLimits(options, run.step);
  for (const callback of callbacks) await callback.onStart?.(run);
  if (snapshot) run.restoreCallbacks(snapshot);
  let stopped: string | undefined;
  try {
    stopped = await new EpochRunner(fit, parts, run, limits).run();
  } catch (error) {
    // `fit` rejects with the first error. If the run was aborted on request, an error of a callback is the more important one: its checkpoint
    // may be missing.
    const isAborted = error instanceof ConvoyError && error.code === 'CONVOY_ABORTED';
    await endAll(callbacks, run).catch((failure) => Promise.reject(isAborted ? failure : error));
    throw error;
  }
  await endAll(callbacks, run);
  const { records, seconds, samples } = run;
  return { epochs: records, seconds, samplesPerSecond: samples / seconds, ...(stopped !== undefined && { stopped }) };
}

/** In reverse order: a callback that changes the parameters at the end must not change what the callbacks after it in the list see. */
async function endAll(callbacks: readonly Callback[], run: FitRun): Promise<void> {
  for (const callback of callbacks.toReversed()) await callback.onEnd?.(run);
}

class EpochRunner {
  readonly #fit: CheckedFit;
  readonly #parts: FitParts;
  readonly #run: FitRun;
  readonly #limits: RunLimits;
  readonly #callbacks: readonly Callback[];

  constructor(fit: CheckedFit, parts: FitParts, run: FitRun, limits: RunLimits) {
    this.#fit = fit;
    this.#parts = parts;
    this.#run = run;
    this.#limits = limits;
    this.#callbacks = fit.options.callbacks ?? [];
  }

  /** Returns why the run was stopped, if it was. */
  async run(): Promise<string | undefined> {
    const { epochs } = this.#fit.options;
    const run = this.#run;
    while (run.records.length < epochs) {
      // A run that a callback stops in the middle of an epoch first completes that epoch, also if it is resumed there.
      const isBetweenEpochs = this.#parts.loop.position.batch === 0;
      const stopped = (isBetweenEpochs ? run.stopped : undefined) ?? this.#limits.reached(run.step);
      if (stopped !== undefined) return stopped;
      const clock = run.beginEpoch(epochs);
      const isComplete = await this.#train(clock);
      if (!isComplete) return this.#limits.reached(run.step);
      await this.#endEpoch(clock);
    }
    return run.stopped;
  }

  /** Trains the rest of the epoch. Returns whether the epoch is complete: a limit may end it. */
  async #train(clock: EpochClock): Promise<boolean> {
    const { memory } = this.#parts;
    const { signal } = this.#fit.options;
    const reporter = new ProgressReporter(this.#callbacks, clock, this.#limits, memory);
    try {
      const isComplete = await this.#takeSteps(signal ? AbortSignal.any([signal, reporter.failed]) : reporter.failed);
      reporter.report();
      return isComplete;
    } catch (error) {
      throw reporter.failed.aborted ? reporter.failed.reason : error;
    } finally {
      reporter.stop();
    }
  }

  async #takeSteps(signal: AbortSignal): Promise<boolean> {
    const { loop } = this.#parts;
    const run = this.#run;
    // A change of the factor takes effect with the next epoch.
    const { learningRateFactor } = run;
    while (loop.stepsLeft > 0) {
      await loop.trainSteps(this.#stepsToPause(), learningRateFactor, signal);
      for (const callback of this.#callbacks) {
        if (callback.everySteps && run.step % callback.everySteps === 0) await callback.onSteps?.(run);
      }
      if (this.#limits.reached(run.step) !== undefined) break;
    }
    return loop.stepsLeft === 0;
  }

  /** Steps to the next call of `onSteps`, or to the limit of steps. */
  #stepsToPause(): number {
    const { step } = this.#run;
    const toCallbacks = this.#callbacks.map(({ everySteps }) =>
      everySteps ? everySteps - (step % everySteps) : Infinity,
    );
    return Math.min(this.#limits.stepsLeft(step), ...toCallbacks);
  }

  /** Validates and records an epoch that is trained. */
  async #endEpoch(clock: EpochClock): Promise<void> {
    clock.stop();
    const { train, options, validationArray } = this.#fit;
    const { validation, signal } = options;
    const { memory, loop, evaluation } = this.#parts;
    const { seconds } = clock;
    // An epoch has at least one step.
    const scores = memory.scores() as Scores;
    const record = {
      epoch: this.#run.records.length + 1,
      scores,
      ...(validation && { validation: await evaluation.evaluate(validation, validationArray, signal) }),
      seconds,
      samplesPerSecond: train.length / seconds,
    };
    loop.endEpoch();
    this.#run.endEpoch(record);
    for (const callback of this.#callbacks) await callback.onEpochEnd?.(record, this.#run);
  }
}
