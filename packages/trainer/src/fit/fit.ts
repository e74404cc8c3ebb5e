// The epochs of a fit: trains, evaluates, and informs the callbacks.
import type { Scores } from '@convoy/layers';
import { ConvoyError } from '@convoy/tensor';
import { snapshotToResume } from '../checkpoint/resume.ts';
import type { Evaluation } from '../loop/evaluation.ts';
import type { TrainingLoop } from '../loop/training-loop.ts';
import type { TrainingMemory } from '../shared/training-memory.ts';
import type { Callbacks } from './callbacks.ts';
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
export const runFit = (fit: CheckedFit, parts: FitParts): Promise<History> =>
  fit.options.callbacks.whileAcquired(() => runAcquired(fit, parts));

async function runAcquired(fit: CheckedFit, parts: FitParts): Promise<History> {
  const { train, configuration, options } = fit;
  const { callbacks, epochs, resume } = options;
  const { memory, loop } = parts;
  const run = new FitRun(configuration, memory, loop, callbacks);
  try {
    loop.begin(train, configuration.shuffle, configuration.augment);
    const snapshot = resume === undefined ? undefined : await snapshotToResume(resume, configuration, epochs);
    if (snapshot) {
      loop.restore(snapshot);
      run.continueFrom(snapshot);
    }
    // They count the steps and the time of this fit, not those before its checkpoint.
    const limits = new RunLimits(options, run.step);
    await callbacks.onStart(run);
    if (snapshot) await callbacks.restore(snapshot.callbacks);
    const stopped = await runEpochs(fit, parts, run, limits);
    const { records, seconds, samples } = run;
    return { epochs: records, seconds, samplesPerSecond: samples / seconds, ...(stopped !== undefined && { stopped }) };
  } finally {
    run.end();
  }
}

/** Runs the epochs, then the ends of the callbacks. Returns why the run was stopped, if it was. */
async function runEpochs(
  fit: CheckedFit,
  parts: FitParts,
  run: FitRun,
  limits: RunLimits,
): Promise<string | undefined> {
  const { callbacks, signal } = fit.options;
  const reporter = new ProgressReporter({ callbacks, limits, memory: parts.memory, signal });
  let stopped: string | undefined;
  try {
    stopped = await new EpochRunner(fit, parts, run, limits, reporter).run();
  } catch (error) {
    // `fit` rejects with the first error. If the run was aborted on request, an error of a callback is the more important one: its checkpoint
    // may be missing.
    const isAborted = error instanceof ConvoyError && error.code === 'CONVOY_ABORTED';
    await callbacks.onEnd(run).catch((failure) => Promise.reject(isAborted ? failure : error));
    throw error;
  } finally {
    reporter.end();
  }
  await callbacks.onEnd(run);
  return stopped;
}

class EpochRunner {
  readonly #fit: CheckedFit;
  readonly #parts: FitParts;
  readonly #run: FitRun;
  readonly #limits: RunLimits;
  readonly #reporter: ProgressReporter;
  readonly #callbacks: Callbacks;

  constructor(fit: CheckedFit, parts: FitParts, run: FitRun, limits: RunLimits, reporter: ProgressReporter) {
    this.#fit = fit;
    this.#parts = parts;
    this.#run = run;
    this.#limits = limits;
    this.#reporter = reporter;
    this.#callbacks = fit.options.callbacks;
  }

  /** Returns why the run was stopped, if it was. */
  async run(): Promise<string | undefined> {
    const { epochs } = this.#fit.options;
    const run = this.#run;
    while (run.epochsDone < epochs) {
      // A run that a callback stops in the middle of an epoch first completes that epoch, also if it is resumed there.
      const isBetweenEpochs = this.#parts.loop.position.batch === 0;
      const stopped = (isBetweenEpochs ? run.stopped : undefined) ?? this.#limits.reached(run.step);
      if (stopped !== undefined) return stopped;
      const clock = run.beginEpoch(epochs);
      const isComplete = await this.#reporter.during(clock, () => this.#takeSteps());
      if (!isComplete) return this.#limits.reached(run.step);
      await this.#endEpoch(clock);
      this.#reporter.assertNotFailed();
    }
    return run.stopped;
  }

  /** Trains the rest of the epoch. Returns whether the epoch is complete: a limit may end it. */
  async #takeSteps(): Promise<boolean> {
    const { loop } = this.#parts;
    const { signal } = this.#reporter;
    const run = this.#run;
    // A change of the factor takes effect with the next epoch.
    const { learningRateFactor } = run;
    while (loop.stepsLeft > 0) {
      const steps = Math.min(this.#limits.stepsLeft(run.step), this.#callbacks.stepsToPause(run.step));
      const { step } = run;
      await run.work(() => loop.trainSteps(steps, learningRateFactor, signal));
      if (run.step > step) await this.#callbacks.onSteps(run);
      if (this.#limits.reached(run.step) !== undefined) break;
    }
    return loop.stepsLeft === 0;
  }

  /** Validates and records an epoch that is trained. */
  async #endEpoch(clock: EpochClock): Promise<void> {
    clock.stop();
    const { train, options } = this.#fit;
    const { validation, validationWeights: validationArray, signal } = options;
    const { memory, loop, evaluation } = this.#parts;
    const { seconds } = clock;
    // An epoch has at least one step.
    const scores = memory.scores() as Scores;
    const record = {
      epoch: this.#run.epochsDone + 1,
      scores,
      ...(validation && {
        validation: await this.#run.work(() => evaluation.evaluate(validation, validationArray, signal)),
      }),
      seconds,
      samplesPerSecond: train.length / seconds,
    };
    loop.endEpoch();
    this.#run.endEpoch(record);
    await this.#callbacks.onEpochEnd(record, this.#run);
  }
}
