// The workers of a trainer: a thread for each rank, with the trainer's plan and data. Before the next segment, threads that have died are replaced
// and all threads are set up again.
import { ConvoyError } from '@convoy/tensor';
import type { ControlLink } from '../shared/control-link.ts';
import type { Segment, WorkerData, WorkerSetup } from '../shared/segment.ts';
import { everySeconds } from './hang-timer.ts';
import { located, threadRefused, WorkerFailure, workerFailed, workerHangs } from './worker-failure.ts';
import { WorkerThread } from './worker-thread.ts';

/** Starting a thread takes about 0.1 s, and several times as long on a busy machine or with many threads. */
const MIN_SETUP_SECONDS = 10;

const SETTING_UP = 'while it was set up';
const RECEIVING_DATA = 'while it received a data set';

export class WorkerPool {
  readonly #workers: number;
  readonly #hangSeconds: number;
  readonly #setup: (rank: number) => WorkerSetup;
  /** The data sets that all workers have to know, by id. */
  readonly #data = new Map<number, WorkerData>();
  /** By rank. A dead thread keeps its place until it is replaced. */
  readonly #threads: WorkerThread[] = [];
  /** Whether every thread that lives was set up, and has the data sets. */
  #isSetUp = false;
  /** The threads whose death has been part of a failure. */
  readonly #reported = new WeakSet<WorkerThread>();
  /** Why the pool was destroyed. */
  #end: ConvoyError | undefined;

  private constructor(workers: number, hangSeconds: number, setup: (rank: number) => WorkerSetup) {
    this.#workers = workers;
    this.#hangSeconds = hangSeconds;
    this.#setup = setup;
  }

  /**
   * Starts the threads and sets them up.
   * @param hangSeconds threads that take longer to answer a call are terminated
   * @param setup returns the setup of the worker of a rank
   * @throws ConvoyError CONVOY_WORKER_FAILED if a thread fails; then none is left
   */
  static async start(workers: number, hangSeconds: number, setup: (rank: number) => WorkerSetup): Promise<WorkerPool> {
    const pool = new WorkerPool(workers, hangSeconds, setup);
    try {
      await pool.#setUp();
      return pool;
    } catch (error) {
      const failure = startFailure(error);
      await pool.destroy(failure);
      throw failure;
    }
  }

  /**
   * Sends a data set to all workers.
   * @throws WorkerFailure
   */
  async addData(data: WorkerData): Promise<void> {
    await this.#callAll(RECEIVING_DATA, this.#hangSeconds, (link) => link.addData(data));
    this.#data.set(data.id, data);
  }

  /** @throws WorkerFailure */
  async removeData(id: number): Promise<void> {
    this.#data.delete(id);
    await this.#callAll(RECEIVING_DATA, this.#hangSeconds, (link) => link.removeData(id));
  }

  /**
   * Replaces the threads that have died, and sets all of them up again, with the data sets. Does nothing if none has died and no call has failed.
   * @param report is called with threads that died since the last segment
   * @throws WorkerFailure if a thread fails again, after all others are set up
   */
  async repair(report: (failure: WorkerFailure) => void): Promise<void> {
    if (this.#end) throw this.#end;
    const dead = this.#deadRanks();
    const unreported = this.#threads.find((thread) => !thread.isAlive && !this.#reported.has(thread));
    this.#markDeadAsReported();
    if (unreported) report(new WorkerFailure(await unreported.death, dead, 'between segments'));
    if (!this.#isSetUp || dead.length > 0) await this.#setUp();
  }

  /**
   * Runs a segment in all workers, and resolves when every worker has left it.
   * @param onFailure is called at each failure, and has to make the other workers leave
   * @throws WorkerFailure with what the first worker that failed threw, or why it died; ConvoyError if the pool was destroyed
   */
  run(segment: Segment, onFailure: () => void): Promise<void> {
    const runOne = async (thread: WorkerThread) => {
      const result = await thread.run(segment);
      if (result.kind === 'failed') throw ConvoyError.fromJSON(result.error);
    };
    return this.#inAll(runOne, undefined, onFailure);
  }

  /** Terminates the thread of a worker. What it runs fails with `reason`. */
  terminate(rank: number, reason: ConvoyError): void {
    this.#threads[rank]?.terminate(reason);
  }

  /** Ends all threads at once. What is pending, and all that follows, rejects with `reason`. */
  async destroy(reason: ConvoyError): Promise<void> {
    this.#end ??= reason;
    await Promise.all(this.#threads.map((thread) => thread.destroy(reason)));
  }

  /** @throws WorkerFailure; ConvoyError if the pool was destroyed */
  async #setUp(): Promise<void> {
    if (this.#end) throw this.#end;
    for (let rank = 0; rank < this.#workers; rank++) {
      if (!this.#threads[rank]?.isAlive) this.#threads[rank] = this.#startThread(rank);
    }
    await this.#callAll(SETTING_UP, Math.max(this.#hangSeconds, MIN_SETUP_SECONDS), async (link, rank) => {
      await link.setUp(this.#setup(rank));
      for (const data of this.#data.values()) await link.addData(data);
    });
    this.#isSetUp = true;
  }

  /** @throws WorkerFailure if the system refuses another thread */
  #startThread(rank: number): WorkerThread {
    try {
      return new WorkerThread();
    } catch (error) {
      throw new WorkerFailure(threadRefused(error), [rank], SETTING_UP);
    }
  }

  /**
   * Makes a control call to every worker. Threads that have not answered after so many seconds are terminated.
   * @throws WorkerFailure; ConvoyError if the pool was destroyed
   */
  async #callAll(
    occasion: string,
    seconds: number,
    call: (link: ControlLink, rank: number) => Promise<void>,
  ): Promise<void> {
    const pending = new Set(this.#threads);
    const stop = everySeconds(seconds, () => {
      for (const thread of pending) thread.terminate(workerHangs(seconds));
    });
    const callOne = async (thread: WorkerThread, rank: number) => {
      await thread.call((link) => call(link, rank));
      pending.delete(thread);
    };
    try {
      await this.#inAll(callOne, occasion);
    } catch (error) {
      // Some workers may have been called and others not.
      this.#isSetUp = false;
      throw error;
    } finally {
      stop();
    }
  }

  /**
   * Does something in every worker. Waits for all of them: so threads that die together are one failure, and none is left running.
   * @throws WorkerFailure with the first failure; ConvoyError if the pool was destroyed
   */
  async #inAll(
    work: (thread: WorkerThread, rank: number) => Promise<void>,
    occasion: string | undefined,
    onFailure?: () => void,
  ): Promise<void> {
    if (this.#end) throw this.#end;
    let first: { readonly error: unknown; readonly rank: number } | undefined;
    const works = this.#threads.map(async (thread, rank) => {
      try {
        await work(thread, rank);
      } catch (error) {
        first ??= { error, rank };
        onFailure?.();
      }
    });
    await Promise.all(works);
    if (this.#end) throw this.#end;
    if (!first) return;
    this.#markDeadAsReported();
    const { error, rank } = first;
    throw new WorkerFailure(workerFailed(error), this.#threads[rank]?.isAlive ? [rank] : this.#deadRanks(), occasion);
  }

  #markDeadAsReported(): void {
    for (const thread of this.#threads) if (!thread.isAlive) this.#reported.add(thread);
  }

  #deadRanks(): readonly number[] {
    return [...this.#threads.keys()].filter((rank) => !this.#threads[rank]?.isAlive);
  }
}

/** The error of threads that could not start. */
function startFailure(error: unknown): ConvoyError {
  if (!(error instanceof WorkerFailure)) return workerFailed(error);
  const { failure, ranks, occasion } = error;
  return located(
    failure,
    ranks.map((rank) => `worker ${rank} ${occasion}`),
  );
}
