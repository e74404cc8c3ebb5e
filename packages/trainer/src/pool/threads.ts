// The threads of a trainer, in a piscina pool with one thread per worker. The only module that knows piscina, which starts another thread
// when one dies.
import type { MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { WorkerResult, WorkerTask } from '../shared/messages.ts';

// Neither a compiler nor Node rewrites the extension in a URL: it is the one of this file.
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const workerModule = new URL(`../worker/worker.${extension}`, import.meta.url);

/** What the owner of the threads learns about their deaths. */
export interface ThreadEvents {
  /** A thread died with an error. */
  onError(error: Error): void;
  /** A thread is gone, for whatever reason. */
  onExit(): void;
}

export class Threads {
  readonly #piscina: Piscina;

  constructor(count: number, { onError, onExit }: ThreadEvents) {
    this.#piscina = new Piscina({
      filename: workerModule.href,
      name: 'runTask',
      minThreads: count,
      maxThreads: count,
      concurrentTasksPerWorker: 1,
      // A thread that waits for tasks with Atomics could not answer control calls.
      atomics: 'disabled',
      recordTiming: false,
      // A step makes almost no garbage. Without this limit V8 lets it accumulate, some MiB per thread.
      resourceLimits: { maxYoungGenerationSizeMb: 1 },
    });
    this.#piscina.on('error', onError);
    this.#piscina.on('workerDestroy', onExit);
  }

  /**
   * Runs a task in a thread that has none.
   * @throws Error why the thread died
   */
  run(task: WorkerTask, transferList: MessagePort[] = []): Promise<WorkerResult> {
    return this.#piscina.run(task, { transferList });
  }

  /** The ids of the threads that are alive. */
  get living(): ReadonlySet<number> {
    return new Set(this.#piscina.threads.map(({ threadId }) => threadId));
  }

  /** Returns whether the thread was alive. */
  terminate(id: number | undefined): boolean {
    const thread = this.#piscina.threads.find(({ threadId }) => threadId === id);
    void thread?.terminate();
    return thread !== undefined;
  }

  terminateAll(): void {
    for (const thread of this.#piscina.threads) void thread.terminate();
  }

  /** Ends all threads at once. */
  destroy(): Promise<void> {
    return this.#piscina.destroy();
  }
}
