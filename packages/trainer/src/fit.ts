// The epochs of a fit: trains, evaluates, and tells the callbacks.
import type { Dataset } from '@convoy/datasets';
import type { Model, Scores } from '@convoy/layers';
import type { Tensor } from '@convoy/tensor';
import type { Callback, EpochRecord, FitOptions, History, Progress, Run } from './callbacks.ts';
import type { TrainingConfiguration, TrainingSnapshot } from './checkpoint/snapshot.ts';
import type { TrainingMemory } from './training-memory.ts';

/** How an epoch is to be trained. */
export interface EpochSettings {
  readonly shuffle: boolean;
  readonly learningRateFactor: number;
  readonly signal: AbortSignal;
  /** Steps from here to the next pause, and what happens in it, with the workers at rest. */
  stepsToPause(step: number): number;
  pause(): Promise<void>;
}

/** What a fit asks of its trainer. */
export interface FitContext {
  readonly model: Model;
  readonly batchSize: number;
  readonly memory: TrainingMemory;
  /** What determines the bits of the run. */
  readonly configuration: TrainingConfiguration;
  /** Epochs done by the trainer, and batches done of the one that is running. */
  position(): { readonly epoch: number; readonly batch: number };
  /** Loads the checkpoint that a path names, if there is one, and makes it the state. */
  resume(path: string): Promise<TrainingSnapshot | undefined>;
  /** Trains what is left of the running epoch. */
  trainEpoch(settings: EpochSettings): Promise<void>;
  /** Counts the epoch as done. */
  endEpoch(): void;
  evaluate(data: Dataset): Promise<Scores>;
}

const PROGRESS_MS = 100;

export async function runFit(train: Dataset, options: FitOptions, context: FitContext): Promise<History> {
  const { callbacks = [], resume } = options;
  const run = new FitRun(context, callbacks);
  const resumed = resume === undefined ? undefined : await context.resume(resume);
  if (resumed) run.continueFrom(resumed);
  for (const callback of callbacks) await callback.onStart?.(run);
  if (resumed) restoreCallbacks(callbacks, resumed);
  try {
    await runEpochs(train, options, context, run);
  } catch (error) {
    // What ended the run counts more than what its end brings up.
    await endAll(callbacks, run).catch(() => {});
    throw error;
  }
  await endAll(callbacks, run);
  const { records, seconds } = run;
  return { epochs: records, seconds, samplesPerSecond: (records.length * train.length) / seconds };
}

async function runEpochs(train: Dataset, options: FitOptions, context: FitContext, run: FitRun): Promise<void> {
  const { epochs, validation, callbacks = [], shuffle = true } = options;
  for (let epoch = run.records.length + 1; epoch <= epochs && !run.stopped; epoch++) {
    const secondsOfEpoch = run.beginEpoch();
    const watch = new EpochWatch(epoch, epochs, train.length, run.seconds, secondsOfEpoch, context);
    run.watch = watch;
    await reporting(callbacks, watch, (signal) =>
      context.trainEpoch({
        shuffle,
        learningRateFactor: run.learningRateFactor,
        signal,
        stepsToPause: (step) =>
          Math.min(...callbacks.map(({ everySteps }) => (everySteps ? everySteps - (step % everySteps) : Infinity))),
        pause: async () => {
          for (const callback of callbacks) {
            if (callback.everySteps && run.step % callback.everySteps === 0) await callback.onSteps?.(run);
          }
        },
      }),
    );
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
}

async function endAll(callbacks: readonly Callback[], run: FitRun): Promise<void> {
  for (const callback of callbacks) await callback.onEnd?.(run);
}

function restoreCallbacks(callbacks: readonly Callback[], { callbacks: states }: TrainingSnapshot): void {
  for (const callback of callbacks) {
    if (callback.name !== undefined && callback.name in states) callback.restore?.(states[callback.name]);
  }
}

class FitRun implements Run {
  readonly model: Model;
  readonly records: EpochRecord[] = [];
  learningRateFactor = 1;
  stopped = false;
  /** That of the running epoch. */
  watch: EpochWatch | undefined;
  readonly #context: FitContext;
  readonly #callbacks: readonly Callback[];
  /** Totals and seconds of an epoch that has been trained, while its validation goes on. */
  #trained: { readonly totals: readonly number[]; readonly seconds: number } | undefined;
  /** Of the epoch that was running when the snapshot was taken from which the run goes on. */
  #secondsBefore: number | undefined;

  constructor(context: FitContext, callbacks: readonly Callback[]) {
    this.model = context.model;
    this.#context = context;
    this.#callbacks = callbacks;
  }

  get step(): number {
    return this.#context.memory.step;
  }

  /** Seconds of training in the epochs that are done. */
  get seconds(): number {
    return this.records.reduce((sum, { seconds }) => sum + seconds, 0);
  }

  continueFrom({ records, position }: TrainingSnapshot): void {
    this.records.push(...records);
    this.learningRateFactor = position.learningRateFactor;
    this.#secondsBefore = position.seconds - this.seconds;
  }

  /** Begins the count of an epoch's scores, or goes on with it. Returns the seconds that the epoch has taken already. */
  beginEpoch(): number {
    const seconds = this.#secondsBefore;
    this.#secondsBefore = undefined;
    if (seconds === undefined || this.#context.position().batch === 0) this.#context.memory.clearTotals();
    return seconds ?? 0;
  }

  /** Ends the training of an epoch, before its validation; returns its seconds. */
  endTraining(watch: EpochWatch): number {
    const seconds = watch.seconds();
    this.#trained = { totals: this.#context.memory.totals(), seconds };
    return seconds;
  }

  endEpoch(record: EpochRecord): void {
    this.records.push(record);
    this.watch = undefined;
    this.#trained = undefined;
  }

  stop(): void {
    this.stopped = true;
  }

  parameters(): Map<string, Tensor> {
    return this.#context.memory.parameters();
  }

  setParameters(parameters: Iterable<readonly [string, Tensor]>): void {
    this.#context.memory.setParameters(parameters);
  }

  snapshot(): TrainingSnapshot {
    const { memory, configuration } = this.#context;
    const seconds = this.seconds + (this.#trained?.seconds ?? this.watch?.seconds() ?? 0);
    const states = this.#callbacks.flatMap((callback) =>
      callback.name !== undefined && callback.state ? [[callback.name, callback.state()] as const] : [],
    );
    return {
      configuration,
      position: {
        step: memory.step,
        ...this.#context.position(),
        seconds,
        totals: this.#trained?.totals ?? memory.totals(),
        learningRateFactor: this.learningRateFactor,
      },
      records: [...this.records],
      callbacks: Object.fromEntries(states),
      parameters: memory.parameters(),
      slots: memory.slots(),
    };
  }
}

/** Tells the callbacks of progress while the work goes on, and once at its end. What a callback throws ends the work. */
async function reporting(
  callbacks: readonly Callback[],
  watch: EpochWatch,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const listeners = callbacks.filter((callback) => callback.onProgress);
  const report = () => {
    const progress = watch.progress();
    for (const listener of listeners) listener.onProgress?.(progress);
  };
  const failed = new AbortController();
  const timer = setInterval(() => {
    try {
      report();
    } catch (error) {
      clearInterval(timer);
      failed.abort(error);
    }
  }, PROGRESS_MS);
  try {
    await work(failed.signal);
  } catch (error) {
    throw failed.signal.aborted ? failed.signal.reason : error;
  } finally {
    clearInterval(timer);
  }
  report();
}

/** Measures one epoch. */
class EpochWatch {
  readonly #epoch: number;
  readonly #epochs: number;
  readonly #length: number;
  readonly #secondsBefore: number;
  readonly #context: FitContext;
  readonly #start: number;

  /** @param secondsOfEpoch what the epoch has taken before it was resumed */
  constructor(
    epoch: number,
    epochs: number,
    length: number,
    secondsBefore: number,
    secondsOfEpoch: number,
    context: FitContext,
  ) {
    this.#epoch = epoch;
    this.#epochs = epochs;
    this.#length = length;
    this.#secondsBefore = secondsBefore;
    this.#start = performance.now() - secondsOfEpoch * 1000;
    this.#context = context;
  }

  seconds(): number {
    return (performance.now() - this.#start) / 1000;
  }

  progress(): Progress {
    const { memory, batchSize } = this.#context;
    const { samples } = memory;
    const seconds = this.seconds();
    const samplesBefore = (this.#epoch - 1) * this.#length;
    const samplesLeft = this.#epochs * this.#length - samplesBefore - samples;
    const perSecond = (samplesBefore + samples) / (this.#secondsBefore + seconds);
    return {
      epoch: this.#epoch,
      epochs: this.#epochs,
      step: Math.ceil(samples / batchSize),
      steps: Math.ceil(this.#length / batchSize),
      scores: memory.scores(),
      samplesPerSecond: samples / seconds,
      secondsLeft: samples === 0 ? undefined : samplesLeft / perSecond,
    };
  }
}
