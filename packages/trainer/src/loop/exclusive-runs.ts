// One run of a trainer at a time, since all runs use its memory; none after its disposal. Runs that leave the parameters unchanged wait for their
// turn. A run that changes them waits for those, and refuses all calls until its end: it may take hours, and a callback that waited for its own
// run would wait forever.
import { setMaxListeners } from 'node:events';
import { ConvoyError } from '@convoy/tensor';

/** What a run does with the parameters. */
export type RunKind = 'reads' | 'changes';

export class ExclusiveRuns {
  /** Runs that wait for their turn or are running. */
  #count = 0;
  /** Whether one of them changes the parameters. Then it is the last one. */
  #isChanging = false;
  /** Resolves when all of them have ended. */
  #end: Promise<void> = Promise.resolve();
  readonly #disposal = new AbortController();

  constructor() {
    // Any number of runs may wait.
    setMaxListeners(0, this.#disposal.signal);
  }

  /**
   * Runs the work when all earlier runs have ended. `signal` and disposal end the waiting; the work has to heed them itself.
   * @throws ConvoyError CONVOY_BUSY, CONVOY_DISPOSED, CONVOY_ABORTED; what the run throws
   */
  async run<T>(kind: RunKind, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    this.#assertOpen();
    if (this.#isChanging) throw busy();
    if (signal?.aborted) throw aborted(signal);
    const earlier = this.#count === 0 ? undefined : this.#end;
    this.#count++;
    this.#isChanging = kind === 'changes';
    const run = this.#inTurn(earlier, signal, work);
    this.#end = Promise.allSettled([earlier, run]).then(() => {});
    try {
      return await run;
    } finally {
      this.#count--;
      if (kind === 'changes') this.#isChanging = false;
    }
  }

  /** @throws ConvoyError CONVOY_BUSY, CONVOY_DISPOSED */
  assertIdle(): void {
    this.#assertOpen();
    if (this.#count > 0) throw busy();
  }

  /** Ends the waiting of all runs, and refuses all later ones. */
  end(): void {
    this.#disposal.abort();
  }

  async #inTurn<T>(
    earlier: Promise<void> | undefined,
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    const { signal: disposal } = this.#disposal;
    if (earlier) await unlessAborted(earlier, signal ? [signal, disposal] : [disposal]);
    this.#assertOpen();
    if (signal?.aborted) throw aborted(signal);
    return work();
  }

  #assertOpen(): void {
    if (this.#disposal.signal.aborted) throw disposed();
  }
}

/** Resolves when the promise does, or when a signal is aborted. `AbortSignal.any` would take only signals of Node. */
function unlessAborted(promise: Promise<void>, signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      for (const signal of signals) signal.removeEventListener('abort', end);
      resolve();
    };
    for (const signal of signals) signal.addEventListener('abort', end);
    void promise.then(end);
  });
}

const busy = (): ConvoyError =>
  new ConvoyError('CONVOY_BUSY', {
    given: 'a call to a trainer whose parameters another call is changing or using',
    expected: 'calls that change parameters alone: fit, findLearningRate and setParameters',
    fix: 'Await the other call first, or create another trainer. To evaluate or predict between epochs, call fit for one epoch at a time.',
  });

export const aborted = (signal: AbortSignal): ConvoyError =>
  new ConvoyError('CONVOY_ABORTED', {
    given: 'an abort signal',
    expected: 'a run that continues to its end',
    fix: 'Nothing is wrong: the parameters are those of the last step that was committed.',
    cause: signal.reason,
  });

export const disposed = (): ConvoyError =>
  new ConvoyError('CONVOY_DISPOSED', {
    given: 'a trainer that has been disposed of',
    expected: 'a trainer in use',
    fix: 'Create a new trainer; await its runs before disposing of it.',
  });
