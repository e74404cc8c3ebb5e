// The threads of a trainer: one piscina thread a worker, each linked to the main thread. The only module that knows piscina.
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { ConvoyError } from '@convoy/tensor';
import type { Remote } from 'comlink';
import { Piscina } from 'piscina';
import type { Segment, WorkerData, WorkerSetup } from '../shared/segment.ts';
import type { WorkerResult, WorkerTask } from '../worker/worker.ts';
import { linkControl, type WorkerControl } from './worker-link.ts';

// Neither a compiler nor Node rewrites the extension in a URL: it is that of this file.
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const workerModule = new URL(`../worker/worker.${extension}`, import.meta.url);

export class WorkerPool {
  readonly #piscina: Piscina;
  readonly #ports: MessagePort[] = [];
  readonly #links: Remote<WorkerControl>[] = [];
  readonly #workers: number;
  #failure: ConvoyError | undefined;
  /** Rejects the control call that is being waited for: a dead thread does not answer. */
  #interrupt: (failure: ConvoyError) => void = () => {};

  private constructor(workers: number) {
    this.#workers = workers;
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
    this.#piscina.on('error', (error) => this.#fail(workerFailed(error)));
    // Every death is told here, and at once in other ways that may know its cause.
    this.#piscina.on('workerDestroy', () => setImmediate(() => this.#fail(threadExited())));
  }

  /**
   * Starts the threads; `setup` makes what the worker of a rank is told.
   * @throws ConvoyError CONVOY_WORKER_FAILED if they cannot start
   */
  static async start(workers: number, setup: (rank: number) => WorkerSetup): Promise<WorkerPool> {
    const pool = new WorkerPool(workers);
    try {
      await pool.#unlessThreadDies(() => pool.#join());
      await pool.#tellAll((link, rank) => link.setUp(setup(rank)));
      return pool;
    } catch (error) {
      await pool.destroy(workerFailed(error));
      throw error;
    }
  }

  /** What ended the pool, if a thread has died or the pool was destroyed. */
  get failure(): ConvoyError | undefined {
    return this.#failure;
  }

  async addData(data: WorkerData): Promise<void> {
    await this.#tellAll((link) => link.addData(data));
  }

  async removeData(id: number): Promise<void> {
    await this.#tellAll((link) => link.removeData(id));
  }

  /**
   * Runs a segment in all workers and resolves when every one has left it. `onFailure` is called at each failure, and has to make the
   * others leave.
   * @throws ConvoyError what the first worker that failed threw, CONVOY_WORKER_FAILED, or what the pool was destroyed with
   */
  async run(segment: Segment, onFailure: () => void): Promise<void> {
    if (this.#failure) throw this.#failure;
    let failure: unknown;
    const tasks = this.#links.map(async () => {
      try {
        await this.#task({ kind: 'run', segment });
      } catch (error) {
        failure ??= error;
        onFailure();
      }
    });
    await Promise.all(tasks);
    if (failure) throw failure;
  }

  /** Ends all threads at once; what is running, and all later calls, reject with `reason`. */
  async destroy(reason: ConvoyError): Promise<void> {
    this.#fail(reason);
    for (const port of this.#ports) port.close();
    await this.#piscina.destroy();
  }

  #fail(failure: ConvoyError): void {
    this.#failure ??= failure;
    this.#interrupt(this.#failure);
  }

  async #join(): Promise<void> {
    const joined = new Int32Array(new SharedArrayBuffer(4));
    const tasks = Array.from({ length: this.#workers }, () => {
      const { port1, port2 } = new MessageChannel();
      this.#ports.push(port1);
      this.#links.push(linkControl(port1));
      return this.#task({ kind: 'join', port: port2, joined, workers: this.#workers }, [port2]);
    });
    await Promise.all(tasks);
  }

  /** @throws ConvoyError what the task threw, or why its thread died, which is also the end of the pool */
  async #task(task: WorkerTask, transferList: MessagePort[] = []): Promise<void> {
    let result: WorkerResult;
    try {
      result = await this.#piscina.run(task, { transferList });
    } catch (error) {
      this.#fail(workerFailed(error));
      throw this.#failure;
    }
    if (result.kind === 'failed') throw ConvoyError.fromJSON(result.error);
    if (result.kind === 'stranger') {
      this.#fail(threadExited());
      throw this.#failure;
    }
  }

  async #tellAll(call: (link: Remote<WorkerControl>, rank: number) => Promise<void>): Promise<void> {
    // A pending call keeps the process alive; an idle trainer does not.
    for (const port of this.#ports) port.ref();
    try {
      await this.#unlessThreadDies(() => Promise.all(this.#links.map(call)));
    } finally {
      for (const port of this.#ports) port.unref();
    }
  }

  #unlessThreadDies(work: () => Promise<unknown>): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure) throw this.#failure;
      this.#interrupt = reject;
      work().then(
        () => resolve(),
        (error) => reject(workerFailed(error)),
      );
    });
  }
}

const threadExited = () => workerFailed(new Error('The thread exited.'));

function workerFailed(error: unknown): ConvoyError {
  if (error instanceof ConvoyError) return error;
  return new ConvoyError('CONVOY_WORKER_FAILED', {
    given: `a worker thread that failed with ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
    expected: 'worker threads that live as long as their trainer',
    mend: 'See the cause. The parameters are those of the last step that was committed; create a new trainer to go on.',
    cause: error,
  });
}
