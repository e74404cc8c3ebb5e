// The decoders of a data set: replaces those that die, terminates those that hang, and ends all of them when a sample cannot be read.
import type { ReadSource } from '@convoy/datasets';
import { ConvoyError } from '@convoy/tensor';
import type { FailurePolicy } from '../options.ts';
import { everySeconds } from '../pool/hang-timer.ts';
import { threadRefused, workerHangs } from '../pool/worker-failure.ts';
import { Ring } from '../shared/ring.ts';
import type { DecoderSetup } from './decoder-messages.ts';
import { DecoderDeath, DecoderThread } from './decoder-thread.ts';

/** How often the decoders are looked at in the time that they have for a sample. */
const LOOKS = 8;

/** What all decoders of a data set have in common. */
export interface DecoderTask extends Pick<DecoderSetup, 'ring' | 'length' | 'seed' | 'once'> {
  readonly source: ReadSource;
  readonly decoders: number;
  readonly policy: FailurePolicy;
}

export class Decoders {
  readonly #task: DecoderTask;
  readonly #ring: Ring;
  readonly #threads: DecoderThread[] = [];
  readonly #stopWatching: () => void;
  /** Resolves when all decoders have ended; rejects with the first failure that ends them. */
  readonly end: Promise<void>;
  /** Why a sample cannot be read. */
  failure: ConvoyError | undefined;
  /** Is called when a decoder fails. */
  onFailure: () => void = () => {};
  #isClosed = false;

  constructor(task: DecoderTask) {
    this.#task = task;
    this.#ring = new Ring(task.ring);
    this.end = Promise.all(Array.from({ length: task.decoders }, (_, i) => this.#keepDecoding(i))).then(() => {});
    // Who waits for the end gets the failure; others look at it.
    this.end.catch(() => {});
    this.#stopWatching = this.#watchForHangs();
  }

  /** Ends all threads. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopWatching();
    this.#ring.stop();
    await Promise.all(this.#threads.map((thread) => thread.destroy(closed())));
  }

  /** Runs one decoder, in one thread after another. */
  async #keepDecoding(decoder: number): Promise<void> {
    const { policy, ring, source, length, seed, decoders, once } = this.#task;
    let failures = 0;
    while (!this.#isClosed && !this.failure) {
      try {
        const thread = new DecoderThread({ ring, source, length, seed, decoder, decoders, once });
        this.#threads[decoder] = thread;
        await thread.end();
        return;
      } catch (error) {
        if (this.#isClosed) return;
        const death = error instanceof DecoderDeath ? error.failure : undefined;
        const beats = this.#threads[decoder]?.beats ?? 0;
        failures = beats > 1 ? 1 : failures + 1;
        if (death && failures < policy.maxFailures) policy.onWorkerFailure?.(decoderFailed(death, decoder));
        else throw this.#fail(death ? decoderFailed(death, decoder) : asConvoyError(error));
      }
    }
  }

  #fail(failure: ConvoyError): ConvoyError {
    this.failure ??= failure;
    this.#ring.stop();
    this.onFailure();
    return this.failure;
  }

  #watchForHangs(): () => void {
    const { hangSeconds } = this.#task.policy;
    const seen: { beats: number; looks: number }[] = [];
    return everySeconds(hangSeconds / LOOKS, () => {
      for (const [decoder, thread] of this.#threads.entries()) {
        const { beats } = thread;
        const last = seen[decoder];
        const looks = last?.beats === beats ? last.looks + 1 : 0;
        seen[decoder] = { beats, looks };
        const isReading = beats % 2 === 1;
        if (isReading && looks >= LOOKS) thread.terminate(workerHangs(hangSeconds));
      }
    });
  }
}

/** The death of a thread, told as that of a decoder. */
const decoderFailed = (death: ConvoyError, decoder: number): ConvoyError =>
  new ConvoyError('CONVOY_WORKER_FAILED', {
    given: `${death.given} (decoder ${decoder})`,
    expected: 'decoders that live as long as their data set is used',
    fix: 'See the cause. The samples that it should have read are read again.',
    cause: death.cause ?? death,
  });

const asConvoyError = (error: unknown): ConvoyError => (error instanceof ConvoyError ? error : threadRefused(error));

const closed = () =>
  new ConvoyError('CONVOY_DISPOSED', {
    given: 'a decoder of a data set that is not used any more',
    expected: 'a data set in use',
    fix: 'Train on the data set again.',
  });
