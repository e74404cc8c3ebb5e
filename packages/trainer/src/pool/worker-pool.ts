// The threads of a trainer: one piscina thread a worker, each linked to the main thread. The only module that knows piscina.
// A thread that dies is replaced: piscina starts another, and all threads join anew before the next segment.
import { setTimeout as delay } from 'node:timers/promises';
import type { MessagePort } from 'node:worker_threads';
import { ConvoyError } from '@convoy/tensor';
import { Piscina } from 'piscina';
import type { WorkerResult, WorkerTask } from '../shared/messages.ts';
import type { Segment, WorkerData, WorkerSetup } from '../shared/segment.ts';
import { Crew } from './crew.ts';
import { located, WorkerFailure, workerFailed, workerHangs } from './worker-failure.ts';

// Neither a compiler nor Node rewrites the extension in a URL: it is that of this file.
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const workerModule = new URL(`../worker/worker.${extension}`, import.meta.url);

/** Starting a thread takes some 0.1 s, on a machine that is busy a multiple. */
const LEAST_JOIN_SECONDS = 10;
/** Threads that die together are missed one by one, and each may spoil a join; so joins are tried again, a little later. */
const MOST_JOINS = 4;
const SETTLE_MS = 20;

export class WorkerPool {
  /** Seconds that threads have for answering a call; those that do not are replaced. */
  callSeconds = 60;
  readonly #piscina: Piscina;
  readonly #workers: number;
  readonly #setup: (rank: number) => WorkerSetup;
  /** What all workers have to know, by id. */
  readonly #data = new Map<number, WorkerData>();
  /** The threads that have joined; undefined when one of them has died since. */
  #crew: Crew | undefined;
  /** Ids of the threads that joined last, by rank. */
  #threads: readonly number[] = [];
  /** Why a thread of the crew died that nobody has been told of. */
  #unheard: ConvoyError | undefined;
  /** Why a thread of the running segment was killed. */
  #killed: ConvoyError | undefined;
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
      // A step makes next to no garbage; V8 would let what there is pile up, by some MiB in every thread.
      resourceLimits: { maxYoungGenerationSizeMb: 1 },
    });
    this.#piscina.on('error', (error) => this.#threadDied(workerFailed(error)));
    this.#piscina.on('workerDestroy', () => {
      this.#dismissCrew(threadExited());
      // What is waited for now hears of it last: the other ways in which a death is told may know its cause.
      const interrupt = this.#interrupt;
      setImmediate(() => interrupt(threadExited()));
    });
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
      const failure = startFailure(error);
      await pool.destroy(failure);
      throw failure;
    }
  }

  /**
   * Tells all workers of a data set.
   * @throws WorkerFailure
   */
  async addData(data: WorkerData): Promise<void> {
    const crew = this.#assertWhole();
    await this.#unlessThreadDies('while it was told of data', this.callSeconds, () =>
      crew.tellAll((link) => link.addData(data)),
    );
    this.#data.set(data.id, data);
  }

  /** @throws WorkerFailure */
  async removeData(id: number): Promise<void> {
    this.#data.delete(id);
    const crew = this.#assertWhole();
    await this.#unlessThreadDies('while it was told of data', this.callSeconds, () =>
      crew.tellAll((link) => link.removeData(id)),
    );
  }

  /**
   * Makes the pool whole after threads have died: new ones, which know what the old ones knew. Does nothing if none has.
   * @param tell hears of threads that have died since the last segment, and of new ones that fail to be set up
   * @throws WorkerFailure if the new ones die as well
   */
  async repair(tell: (failure: WorkerFailure) => void): Promise<void> {
    const unheard = this.#takeUnheard();
    if (unheard) tell(unheard);
    for (let joins = 1; ; joins++) {
      if (this.#end) throw this.#end;
      if (this.#crew) return;
      try {
        await this.#join();
      } catch (error) {
        if (joins === MOST_JOINS || !(error instanceof WorkerFailure)) throw error;
        // One without a rank never joined: most likely it died with those that have been told of.
        if (error.ranks.length > 0) tell(error);
        await delay(SETTLE_MS);
      }
    }
  }

  /**
   * Runs a segment in all workers and resolves when every one has left it. `onFailure` is called at each failure, and has to make the
   * others leave.
   * @throws WorkerFailure with what the first worker that failed threw, or why it died; ConvoyError if the pool was destroyed
   */
  async run(segment: Segment, onFailure: () => void): Promise<void> {
    this.#assertWhole();
    this.#killed = undefined;
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
        failure ??= this.#killed ?? workerFailed(error);
        onFailure();
      }
    });
    await Promise.all(tasks);
    if (this.#end) throw this.#end;
    if (!failure) return;
    this.#unheard = undefined;
    throw new WorkerFailure(failure, thrower === undefined ? [...lost] : [thrower]);
  }

  /** Kills the thread of a worker; the segment that it runs fails with `reason`. */
  terminate(rank: number, reason: ConvoyError): void {
    // Also after another thread of the crew has died.
    const thread = this.#piscina.threads.find(({ threadId }) => threadId === this.#threads[rank]);
    if (!thread) return;
    this.#killed ??= reason;
    void thread.terminate();
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
    const seconds = Math.max(this.callSeconds, LEAST_JOIN_SECONDS);
    this.#threads = [];
    const gathering = Crew.gather(this.#workers, (task, ports) => this.#task(task, ports));
    try {
      this.#crew = await this.#unlessThreadDies('while it was set up', seconds, async () => {
        const gathered = await gathering;
        this.#threads = gathered.threads;
        await gathered.tellAll((link, rank) => link.setUp(this.#setup(rank)));
        for (const data of this.#data.values()) await gathered.tellAll((link) => link.addData(data));
        return gathered;
      });
    } catch (error) {
      // It may gather all the same, later.
      gathering.then(
        (crew) => crew.close(),
        () => {},
      );
      throw error;
    }
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
    this.#dismissCrew(failure);
    // That it died may have been told before the reason.
    if (this.#unheard) this.#unheard = failure;
    this.#interrupt(failure);
  }

  #dismissCrew(failure: ConvoyError): void {
    if (!this.#crew) return;
    this.#crew.close();
    this.#crew = undefined;
    this.#unheard = failure;
  }

  #takeUnheard(): WorkerFailure | undefined {
    const failure = this.#unheard;
    this.#unheard = undefined;
    return failure && new WorkerFailure(failure, this.#lostRanks(), 'between segments');
  }

  /** Those of the threads that joined last that live no more. */
  #lostRanks(): readonly number[] {
    const living = new Set(this.#piscina.threads.map(({ threadId }) => threadId));
    return [...this.#threads.keys()].filter((rank) => !living.has(this.#threads[rank] as number));
  }

  #assertWhole(): Crew {
    if (this.#end) throw this.#end;
    if (!this.#crew) throw this.#takeUnheard() ?? new WorkerFailure(threadExited(), []);
    return this.#crew;
  }

  /**
   * Waits for work that needs all threads. Those that let it wait for longer than so many seconds are killed: all, for any may be at fault.
   * @throws WorkerFailure; ConvoyError if the pool was destroyed
   */
  async #unlessThreadDies<T>(occasion: string, seconds: number, work: () => Promise<T>): Promise<T> {
    if (this.#end) throw this.#end;
    let late: ConvoyError | undefined;
    const killAll = () => {
      late = workerHangs(seconds);
      for (const thread of this.#piscina.threads) void thread.terminate();
    };
    const timer = seconds === Number.POSITIVE_INFINITY ? undefined : setTimeout(killAll, seconds * 1000);
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
      this.#unheard = undefined;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Why the threads could not start. */
function startFailure(error: unknown): ConvoyError {
  if (!(error instanceof WorkerFailure)) return workerFailed(error);
  const { failure, ranks, occasion } = error;
  return located(
    failure,
    ranks.map((rank) => `worker ${rank} ${occasion}`),
  );
}

const threadExited = () => workerFailed(new Error('The thread exited.'));
