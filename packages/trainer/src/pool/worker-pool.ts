// The workers of a trainer: threads that have joined it and know its plan and its data. When a thread has died, all threads join again before
// the next segment.
import { setTimeout as delay } from 'node:timers/promises';
import type { MessagePort } from 'node:worker_threads';
import { ConvoyError } from '@convoy/tensor';
import type { WorkerResult, WorkerTask } from '../shared/messages.ts';
import type { Segment, WorkerData, WorkerSetup } from '../shared/segment.ts';
import { JoinedWorkers } from './joined-workers.ts';
import { Threads } from './threads.ts';
import { located, threadExited, WorkerFailure, workerFailed, workerHangs } from './worker-failure.ts';

/** Starting a thread takes about 0.1 s, and several times as long on a busy machine. */
const MIN_JOIN_SECONDS = 10;
/** Threads that die together are noticed one after the other, and each death may make a join fail. So a join is tried again a little later. */
const MAX_JOINS = 4;
const SETTLE_MS = 20;

const RECEIVING_DATA = 'while it received a data set';

export class WorkerPool {
  /** Threads that take more seconds than this to answer a call are replaced. */
  callSeconds = 60;
  readonly #threads: Threads;
  readonly #workers: number;
  readonly #setup: (rank: number) => WorkerSetup;
  /** The data sets that all workers have to know, by id. */
  readonly #data = new Map<number, WorkerData>();
  /** The threads that have joined; undefined if one of them has died since then. */
  #joined: JoinedWorkers | undefined;
  /** Ids of the threads that joined last, by rank. */
  #lastThreads: readonly number[] = [];
  /** Why a thread has died, until this is reported. */
  #unreported: ConvoyError | undefined;
  /** Why a thread of the running segment was terminated. */
  #terminated: ConvoyError | undefined;
  /** Why the pool was destroyed. */
  #end: ConvoyError | undefined;
  /** Rejects a pending wait that a dead thread would never end. */
  #interrupt: (failure: ConvoyError) => void = () => {};

  private constructor(workers: number, setup: (rank: number) => WorkerSetup) {
    this.#workers = workers;
    this.#setup = setup;
    this.#threads = new Threads(workers, {
      onError: (error) => this.#threadDied(workerFailed(error)),
      onExit: () => {
        this.#dismiss(threadExited());
        // Later than the other ways in which a death is noticed, because they may know its cause.
        const interrupt = this.#interrupt;
        setImmediate(() => interrupt(threadExited()));
      },
    });
  }

  /**
   * Starts the threads.
   * @param setup returns the setup of the worker of a rank
   * @throws ConvoyError CONVOY_WORKER_FAILED if they cannot start
   */
  static async start(workers: number, setup: (rank: number) => WorkerSetup): Promise<WorkerPool> {
    const pool = new WorkerPool(workers, setup);
    try {
      await pool.#join();
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
    const joined = this.#assertJoined();
    await this.#unlessThreadDies(RECEIVING_DATA, this.callSeconds, () => joined.callAll((link) => link.addData(data)));
    this.#data.set(data.id, data);
  }

  /** @throws WorkerFailure */
  async removeData(id: number): Promise<void> {
    this.#data.delete(id);
    const joined = this.#assertJoined();
    await this.#unlessThreadDies(RECEIVING_DATA, this.callSeconds, () => joined.callAll((link) => link.removeData(id)));
  }

  /**
   * Lets all threads join again if one has died. They get the setup and the data sets that the old ones had. Does nothing if none has died.
   * @param report is called with threads that died since the last segment, and with new threads whose setup failed
   * @throws WorkerFailure if the new threads die as well
   */
  async repair(report: (failure: WorkerFailure) => void): Promise<void> {
    const unreported = this.#takeUnreported();
    if (unreported) report(unreported);
    for (let joins = 1; ; joins++) {
      if (this.#end) throw this.#end;
      if (this.#joined) return;
      try {
        await this.#join();
      } catch (error) {
        if (joins === MAX_JOINS || !(error instanceof WorkerFailure)) throw error;
        // A thread without a rank never joined: most likely it died together with threads that are already reported.
        if (error.ranks.length > 0) report(error);
        await delay(SETTLE_MS);
      }
    }
  }

  /**
   * Runs a segment in all workers, and resolves when every worker has left it.
   * @param onFailure is called at each failure, and has to make the other workers leave
   * @throws WorkerFailure with what the first worker that failed threw, or why it died; ConvoyError if the pool was destroyed
   */
  async run(segment: Segment, onFailure: () => void): Promise<void> {
    this.#assertJoined();
    this.#terminated = undefined;
    let failure: ConvoyError | undefined;
    const lost = new Set(Array.from({ length: this.#workers }, (_, rank) => rank));
    let thrower: number | undefined;
    const tasks = Array.from({ length: this.#workers }, async () => {
      try {
        const result = await this.#runTask({ kind: 'run', segment });
        if ('rank' in result) lost.delete(result.rank);
        if (result.kind === 'done' || result.kind === 'abandoned') return;
        if (result.kind === 'failed') thrower ??= result.rank;
        throw result.kind === 'failed' ? ConvoyError.fromJSON(result.error) : threadExited();
      } catch (error) {
        failure ??= this.#terminated ?? workerFailed(error);
        onFailure();
      }
    });
    await Promise.all(tasks);
    if (this.#end) throw this.#end;
    if (!failure) return;
    this.#unreported = undefined;
    throw new WorkerFailure(failure, thrower === undefined ? [...lost] : [thrower]);
  }

  /** Terminates the thread of a worker. The segment that it runs fails with `reason`. Works also after another thread has died. */
  terminate(rank: number, reason: ConvoyError): void {
    if (this.#threads.terminate(this.#lastThreads[rank])) this.#terminated ??= reason;
  }

  /** Ends all threads at once. The calls that are pending, and all later calls, reject with `reason`. */
  async destroy(reason: ConvoyError): Promise<void> {
    this.#end ??= reason;
    this.#interrupt(this.#end);
    this.#joined?.close();
    await this.#threads.destroy();
  }

  /** Links every thread, and sends it its setup and the data sets. */
  async #join(): Promise<void> {
    const seconds = Math.max(this.callSeconds, MIN_JOIN_SECONDS);
    this.#lastThreads = [];
    const joining = JoinedWorkers.join(this.#workers, (task, ports) => this.#runTask(task, ports));
    try {
      this.#joined = await this.#unlessThreadDies('while it was set up', seconds, async () => {
        const joined = await joining;
        this.#lastThreads = joined.threads;
        await joined.callAll((link, rank) => link.setUp(this.#setup(rank)));
        for (const data of this.#data.values()) await joined.callAll((link) => link.addData(data));
        return joined;
      });
    } catch (error) {
      // The threads may still join later.
      joining.then(
        (joined) => joined.close(),
        () => {},
      );
      throw error;
    }
  }

  /** @throws ConvoyError why its thread died */
  async #runTask(task: WorkerTask, ports?: MessagePort[]): Promise<WorkerResult> {
    try {
      return await this.#threads.run(task, ports);
    } catch (error) {
      const failure = workerFailed(error);
      this.#threadDied(failure);
      throw failure;
    }
  }

  #threadDied(failure: ConvoyError): void {
    this.#dismiss(failure);
    // The exit of the thread may have been noticed before the reason for it.
    if (this.#unreported) this.#unreported = failure;
    this.#interrupt(failure);
  }

  /** The threads that have joined are no longer complete. */
  #dismiss(failure: ConvoyError): void {
    if (!this.#joined) return;
    this.#joined.close();
    this.#joined = undefined;
    this.#unreported = failure;
  }

  #takeUnreported(): WorkerFailure | undefined {
    const failure = this.#unreported;
    this.#unreported = undefined;
    return failure && new WorkerFailure(failure, this.#lostRanks(), 'between segments');
  }

  /** The ranks of the threads that joined last and are dead. */
  #lostRanks(): readonly number[] {
    const { living } = this.#threads;
    return [...this.#lastThreads.keys()].filter((rank) => !living.has(this.#lastThreads[rank] as number));
  }

  #assertJoined(): JoinedWorkers {
    if (this.#end) throw this.#end;
    if (!this.#joined) throw this.#takeUnreported() ?? new WorkerFailure(threadExited(), []);
    return this.#joined;
  }

  /**
   * Waits for work that needs all threads. After so many seconds it terminates all of them, because any may be at fault.
   * @throws WorkerFailure; ConvoyError if the pool was destroyed
   */
  async #unlessThreadDies<T>(occasion: string, seconds: number, work: () => Promise<T>): Promise<T> {
    if (this.#end) throw this.#end;
    let late: ConvoyError | undefined;
    const terminateAll = () => {
      late = workerHangs(seconds);
      this.#threads.terminateAll();
    };
    const timer = seconds === Number.POSITIVE_INFINITY ? undefined : setTimeout(terminateAll, seconds * 1000);
    try {
      return await new Promise<T>((resolve, reject) => {
        const fail = (error: ConvoyError | WorkerFailure) => {
          const { failure, ranks } =
            error instanceof WorkerFailure ? error : { failure: error, ranks: this.#lostRanks() };
          reject(this.#end ?? new WorkerFailure(late ?? failure, late ? [] : ranks, occasion));
        };
        this.#interrupt = fail;
        work().then(resolve, (error) => fail(error instanceof WorkerFailure ? error : workerFailed(error)));
      });
    } catch (error) {
      this.#unreported = undefined;
      throw error;
    } finally {
      clearTimeout(timer);
    }
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
