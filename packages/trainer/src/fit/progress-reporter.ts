// Calls `onProgress` of the callbacks while steps are taken, and ends the steps when time is up.
import type { TrainingMemory } from '../shared/training-memory.ts';
import type { Callback } from './callback.ts';
import type { EpochClock } from './epoch-clock.ts';
import type { RunLimits } from './run-limits.ts';

const PROGRESS_MS = 100;

export class ProgressReporter {
  readonly #listeners: readonly Callback[];
  readonly #clock: EpochClock;
  readonly #failed = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(callbacks: readonly Callback[], clock: EpochClock, limits: RunLimits, memory: TrainingMemory) {
    this.#listeners = callbacks.filter((callback) => callback.onProgress);
    this.#clock = clock;
    this.#timer = setInterval(() => {
      if (limits.isTimeUp) memory.requestStop();
      try {
        this.report();
      } catch (error) {
        this.stop();
        this.#failed.abort(error);
      }
    }, PROGRESS_MS);
  }

  /** Is aborted with the error that a callback has thrown on the timer. */
  get failed(): AbortSignal {
    return this.#failed.signal;
  }

  report(): void {
    const progress = this.#clock.progress();
    for (const listener of this.#listeners) listener.onProgress?.(progress);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
