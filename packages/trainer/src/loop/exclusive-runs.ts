// One run of a trainer at a time, since all runs use its memory; none after its disposal.
import { ConvoyError } from '@convoy/tensor';

export class ExclusiveRuns {
  #isRunning = false;
  #isDisposed = false;

  /** @throws ConvoyError CONVOY_BUSY, CONVOY_DISPOSED, CONVOY_ABORTED; what the run throws */
  async run<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    this.assertIdle();
    if (signal?.aborted) throw aborted(signal);
    this.#isRunning = true;
    try {
      return await work();
    } finally {
      this.#isRunning = false;
    }
  }

  /** @throws ConvoyError CONVOY_BUSY, CONVOY_DISPOSED */
  assertIdle(): void {
    if (this.#isDisposed) throw disposed();
    if (!this.#isRunning) return;
    throw new ConvoyError('CONVOY_BUSY', {
      given: 'a call to a trainer that is running',
      expected: 'one run at a time',
      fix: 'Await the running call first, or create another trainer.',
    });
  }

  /** Refuses all later runs. */
  end(): void {
    this.#isDisposed = true;
  }
}

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
