// The epochs of a fit: trains, evaluates, and tells the callbacks.
import type { Dataset } from '@convoy/datasets';
import type { Model, Scores } from '@convoy/layers';
import type { Tensor } from '@convoy/tensor';
import type { Callback, EpochRecord, FitOptions, History, Progress, Run } from './callbacks.ts';
import type { TrainingMemory } from './training-memory.ts';

/** How an epoch is to be trained. */
export interface EpochSettings {
  readonly shuffle: boolean;
  readonly learningRateFactor: number;
  readonly signal: AbortSignal;
}

/** What a fit asks of its trainer. */
export interface FitContext {
  readonly model: Model;
  readonly batchSize: number;
  readonly memory: TrainingMemory;
  trainEpoch(settings: EpochSettings): Promise<void>;
  evaluate(data: Dataset): Promise<Scores>;
}

const PROGRESS_MS = 100;

export async function runFit(train: Dataset, options: FitOptions, context: FitContext): Promise<History> {
  const { epochs, validation, callbacks = [], shuffle = true } = options;
  const run = new FitRun(context);
  try {
    for (const callback of callbacks) await callback.onStart?.(run);
    for (let epoch = 1; epoch <= epochs && !run.stopped; epoch++) {
      const watch = new EpochWatch(epoch, epochs, train.length, run.seconds, context);
      context.memory.clearTotals();
      const { learningRateFactor } = run;
      await reporting(callbacks, watch, (signal) => context.trainEpoch({ shuffle, learningRateFactor, signal }));
      const seconds = watch.seconds();
      // An epoch has at least one step.
      const scores = context.memory.scores() as Scores;
      const record: EpochRecord = {
        epoch,
        scores,
        ...(validation && { validation: await context.evaluate(validation) }),
        seconds,
        samplesPerSecond: train.length / seconds,
      };
      run.records.push(record);
      for (const callback of callbacks) await callback.onEpochEnd?.(record, run);
    }
  } finally {
    for (const callback of callbacks) await callback.onEnd?.(run);
  }
  const { records, seconds } = run;
  return { epochs: records, seconds, samplesPerSecond: (records.length * train.length) / seconds };
}

class FitRun implements Run {
  readonly model: Model;
  readonly records: EpochRecord[] = [];
  learningRateFactor = 1;
  stopped = false;
  readonly #memory: TrainingMemory;

  constructor({ model, memory }: FitContext) {
    this.model = model;
    this.#memory = memory;
  }

  get step(): number {
    return this.#memory.step;
  }

  /** Seconds of training in the epochs that are done. */
  get seconds(): number {
    return this.records.reduce((sum, { seconds }) => sum + seconds, 0);
  }

  stop(): void {
    this.stopped = true;
  }

  parameters(): Map<string, Tensor> {
    return this.#memory.parameters();
  }

  setParameters(parameters: Iterable<readonly [string, Tensor]>): void {
    this.#memory.setParameters(parameters);
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
  readonly #start = performance.now();

  constructor(epoch: number, epochs: number, length: number, secondsBefore: number, context: FitContext) {
    this.#epoch = epoch;
    this.#epochs = epochs;
    this.#length = length;
    this.#secondsBefore = secondsBefore;
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
