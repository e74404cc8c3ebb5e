// Calls `onProgress` of the callbacks while steps are taken, and ends the steps when time is up.
import type { TrainingMemory } from '../shared/training-memory.ts';
import type { Callbacks } from './callbacks.ts';
import type { EpochClock } from './epoch-clock.ts';
import type { RunLimits } from './run-limits.ts';

const PROGRESS_MS = 100;

/** What a reporter needs of a fit. */
export interface ReportedFit {
  readonly callbacks: Callbacks;
  readonly limits: RunLimits;
  readonly memory: TrainingMemory;
  /** The signal of the user. */
  readonly signal: AbortSignal | undefined;
}

export class ProgressReporter {
  readonly #fit: ReportedFit;
  readonly #stop = new AbortController();
  #failure: { readonly error: unknown } | undefined;

  constructor(fit: ReportedFit) {
    this.#fit = fit;
    const { signal } = fit;
    if (signal?.aborted) this.#abort();
    else signal?.addEventListener('abort', this.#abort);
  }

  /** Is aborted with the signal of the user, and when a callback fails. Made by hand, because `AbortSignal.any` takes only signals of Node. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Reports the progress of an epoch until the work ends. @throws what a callback throws; what the work throws */
  async during<T>(clock: EpochClock, work: () => Promise<T>): Promise<T> {
    const { limits, memory } = this.#fit;
    const timer = setInterval(() => {
      if (limits.isTimeUp) memory.requestStop();
      try {
        if (!this.#failure) this.#report(clock);
      } catch (error) {
        this.#fail(error);
      }
    }, PROGRESS_MS);
    try {
      const result = await work();
      clearInterval(timer);
      this.assertNotFailed();
      this.#report(clock);
      return result;
    } catch (error) {
      this.assertNotFailed();
      throw error;
    } finally {
      clearInterval(timer);
    }
  }

  /** @throws what a callback threw outside of `during`: its promise may reject later */
  assertNotFailed(): void {
    if (this.#failure) throw this.#failure.error;
  }

  /** Forgets the signal of the user. */
  end(): void {
    this.#fit.signal?.removeEventListener('abort', this.#abort);
  }

  #report(clock: EpochClock): void {
    this.#fit.callbacks.onProgress(clock.progress(), this.#fail);
  }

  readonly #fail = (error: unknown): void => {
    this.#failure ??= { error };
    this.#stop.abort(error);
  };

  readonly #abort = (): void => this.#stop.abort(this.#fit.signal?.reason);
}
