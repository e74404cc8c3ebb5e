// The threads of a trainer: one piscina thread a worker, each linked to the main thread. The only module that knows piscina.
// A thread that dies is replaced: piscina starts another, and all threads join anew before the next segment.
import type { MessagePort } from 'node:worker_threads';
import { ConvoyError } from '@convoy/tensor';
import { Piscina } from 'piscina';
import type { Segment, WorkerData, WorkerSetup } from '../shared/segment.ts';
import type { WorkerResult, WorkerTask } from '../worker/worker.ts';
import { Crew } from './crew.ts';
import { WorkerFailure, workerFailed } from './worker-failure.ts';

// Neither a compiler nor Node rewrites the extension in a URL: it is that of this file.
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const workerModule = new URL(`../worker/worker.${extension}`, import.meta.url);

export class WorkerPool {
  readonly #piscina: Piscina;
  readonly #workers: number;
  readonly #setup: (rank: number) => WorkerSetup;
  /** What all workers have to know, by id. */
  readonly #data = new Map<number, WorkerData>();
  /** The threads that have joined; undefined when one of them has died since. */
  #crew: Crew | undefined;
  /** Why the pool was destroyed. */
  #end: ConvoyError | undefined;
  /** Rejects what is being waited for that a dead thread would never answer. */
  #interrupt: (failure: ConvoyError) => void = () => {};

  private constructor(workers: number, setup: (rank: number) => WorkerSetup) {
    this.#workers = workers;
    this.#setup = setup;
    this.#piscina = new Piscina({
      filename: workerModule.href,
      name: 'runTask',
      minThreads: workers,
      maxThreads: workers,
      concurrentTasksPerWorker: 1,
      // A thread that waits for tasks with Atomics could not answer control calls.
      atomics: 'disabled',
      recordTiming: false,
    });
    this.#piscina.on('error', (error) => this.#threadDied(workerFailed(error)));
    // Every death is told here, and at once in other ways that may know its cause.
    this.#piscina.on('workerDestroy', () => setImmediate(() => this.#threadDied(threadExited())));
  }

  /**
   * Starts the threads; `setup` makes what the worker of a rank is told.
   * @throws ConvoyError CONVOY_WORKER_FAILED if they cannot start
   */
  static async start(workers: number, setup: (rank: number) => WorkerSetup): Promise<WorkerPool> {
    const pool = new WorkerPool(workers, setup);
    try {
      await pool.#join();
      return pool;
    } catch (error) {
      await pool.destroy(workerFailed(error));
      throw error;
    }
  }

  /** Tells all workers of a data set. */
  async addData(data: WorkerData): Promise<void> {
    const crew = this.#assertWhole();
    await this.#unlessThreadDies(() => crew.tellAll((link) => link.addData(data)));
    this.#data.set(data.id, data);
  }

  async removeData(id: number): Promise<void> {
    this.#data.delete(id);
    const crew = this.#assertWhole();
    await this.#unlessThreadDies(() => crew.tellAll((link) => link.removeData(id)));
  }

  /**
   * Makes the pool whole after threads have died: new ones, which know what the old ones knew. Does nothing if none has.
   * @throws ConvoyError CONVOY_WORKER_FAILED if the new ones die as well
   */
  async repair(): Promise<void> {
    if (this.#end) throw this.#end;
    if (!this.#crew) await this.#join();
  }

  /**
   * Runs a segment in all workers and resolves when every one has left it. `onFailure` is called at each failure, and has to make the
   * others leave.
   * @throws WorkerFailure with what the first worker that failed threw, or why it died; ConvoyError if the pool was destroyed
   */
  async run(segment: Segment, onFailure: () => void): Promise<void> {
    this.#assertWhole();
    let failure: ConvoyError | undefined;
    const lost = new Set(Array.from({ length: this.#workers }, (_, rank) => rank));
    let thrower: number | undefined;
    const tasks = Array.from({ length: this.#workers }, async () => {
      try {
        const result = await this.#task({ kind: 'run', segment });
        if ('rank' in result) lost.delete(result.rank);
        if (result.kind === 'done' || result.kind === 'abandoned') return;
        if (result.kind === 'failed') thrower ??= result.rank;
        throw result.kind === 'failed' ? ConvoyError.fromJSON(result.error) : threadExited();
      } catch (error) {
        failure ??= workerFailed(error);
        onFailure();
      }
    });
    await Promise.all(tasks);
    if (this.#end) throw this.#end;
    if (failure) throw new WorkerFailure(failure, thrower === undefined ? [...lost] : [thrower]);
  }

  /** Kills the thread of a worker. */
  terminate(rank: number): void {
    const id = this.#crew?.threads[rank];
    const thread = this.#piscina.threads.find(({ threadId }) => threadId === id);
    thread?.terminate();
  }

  /** Ends all threads at once; what is running, and all later calls, reject with `reason`. */
  async destroy(reason: ConvoyError): Promise<void> {
    this.#end ??= reason;
    this.#interrupt(this.#end);
    this.#crew?.close();
    await this.#piscina.destroy();
  }

  /** Links every thread, and tells it what it has to know. */
  async #join(): Promise<void> {
    await this.#unlessThreadDies(async () => {
      const crew = await Crew.gather(this.#workers, (task, ports) => this.#task(task, ports));
      this.#crew = crew;
      await crew.tellAll((link, rank) => link.setUp(this.#setup(rank)));
      for (const data of this.#data.values()) await crew.tellAll((link) => link.addData(data));
    });
  }

  /** @throws ConvoyError why its thread died */
  async #task(task: WorkerTask, transferList: MessagePort[] = []): Promise<WorkerResult> {
    try {
      return await this.#piscina.run(task, { transferList });
    } catch (error) {
      const failure = workerFailed(error);
      this.#threadDied(failure);
      throw failure;
    }
  }

  #threadDied(failure: ConvoyError): void {
    this.#crew?.close();
    this.#crew = undefined;
    this.#interrupt(failure);
  }

  #assertWhole(): Crew {
    if (this.#end) throw this.#end;
    if (!this.#crew) throw threadExited();
    return this.#crew;
  }

  #unlessThreadDies(work: () => Promise<unknown>): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#end) throw this.#end;
      this.#interrupt = (failure) => reject(this.#end ?? failure);
      work().then(
        () => resolve(),
        (error) => reject(this.#end ?? workerFailed(error)),
      );
    });
  }
}

const threadExited = () => workerFailed(new Error('The thread exited.'));
