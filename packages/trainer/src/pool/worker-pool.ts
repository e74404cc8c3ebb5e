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
  /** Rejects when a thread dies, which a control call would never hear of. */
  readonly #death: Promise<never>;
  #fail: (error: ConvoyError) => void = () => {};
  #failure: ConvoyError | undefined;

  private constructor(workers: number) {
    this.#workers = workers;
    this.#death = new Promise((_, reject) => {
      this.#fail = (error) => {
        this.#failure ??= error;
        reject(error);
      };
    });
    // Whoever waits hears of it; nobody may be waiting.
    this.#death.catch(() => {});
    this.#piscina = new Piscina({
      filename: workerModule.href,
      minThreads: workers,
      maxThreads: workers,
      concurrentTasksPerWorker: 1,
      // A thread that waits for tasks with Atomics could not answer control calls.
      atomics: 'disabled',
      recordTiming: false,
    });
    this.#piscina.on('error', (error) => this.#fail(workerFailed(error)));
  }

  /** Starts the threads. @throws ConvoyError CONVOY_WORKER_FAILED if they cannot start. */
  static async start(workers: number): Promise<WorkerPool> {
    const pool = new WorkerPool(workers);
    try {
      await pool.#join();
      return pool;
    } catch (error) {
      await pool.destroy();
      throw error;
    }
  }

  /** What ended the pool, if a thread has died. */
  get failure(): ConvoyError | undefined {
    return this.#failure;
  }

  /** Prepares every worker; `setup` makes what the worker of a rank is told. */
  async setUp(setup: (rank: number) => WorkerSetup): Promise<void> {
    await this.#tellAll((link, rank) => link.setUp(setup(rank)));
  }

  async addData(data: WorkerData): Promise<void> {
    await this.#tellAll((link) => link.addData(data));
  }

  async removeData(id: number): Promise<void> {
    await this.#tellAll((link) => link.removeData(id));
  }

  /**
   * Runs a segment in all workers and resolves when every one has left it. `onFailure` is called at the first failure, and has to make the
   * others leave.
   * @throws ConvoyError what the first worker that failed threw, or CONVOY_WORKER_FAILED
   */
  async run(segment: Segment, onFailure: () => void): Promise<void> {
    let failure: ConvoyError | undefined;
    const fail = (error: ConvoyError) => {
      failure ??= error;
      onFailure();
    };
    const tasks = this.#links.map(async () => {
      try {
        const result = await this.#task({ kind: 'run', segment });
        if (result.kind === 'failed') fail(ConvoyError.fromJSON(result.error));
      } catch (error) {
        const died = workerFailed(error);
        this.#fail(died);
        fail(died);
      }
    });
    await Promise.all(tasks);
    if (failure) throw failure;
  }

  /** Ends all threads at once. */
  async destroy(): Promise<void> {
    for (const port of this.#ports) port.close();
    await this.#piscina.destroy();
  }

  async #join(): Promise<void> {
    const joined = new Int32Array(new SharedArrayBuffer(4));
    const tasks = Array.from({ length: this.#workers }, () => {
      const { port1, port2 } = new MessageChannel();
      this.#ports.push(port1);
      this.#links.push(linkControl(port1));
      const task: WorkerTask = { kind: 'join', port: port2, joined, workers: this.#workers };
      return this.#task(task, [port2]);
    });
    try {
      await Promise.race([Promise.all(tasks), this.#death]);
    } catch (error) {
      throw workerFailed(error);
    }
  }

  #task(task: WorkerTask, transferList: MessagePort[] = []): Promise<WorkerResult> {
    return this.#piscina.run(task, { transferList });
  }

  async #tellAll(call: (link: Remote<WorkerControl>, rank: number) => Promise<void>): Promise<void> {
    // A pending call keeps the process alive; an idle trainer does not.
    for (const port of this.#ports) port.ref();
    try {
      await Promise.race([Promise.all(this.#links.map(call)), this.#death]);
    } finally {
      for (const port of this.#ports) port.unref();
    }
  }
}

function workerFailed(error: unknown): ConvoyError {
  if (error instanceof ConvoyError) return error;
  return new ConvoyError('CONVOY_WORKER_FAILED', {
    given: `a worker thread that ended with ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
    expected: 'worker threads that live as long as their trainer',
    mend: 'See the cause. The parameters are those of the last step that was committed; create a new trainer to go on.',
    cause: error,
  });
}
