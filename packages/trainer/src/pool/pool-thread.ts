// A thread, from its start to its death. Whatever it was asked for then ends with the reason of its death. The only module that knows piscina.
import type { Transferable, Worker } from 'node:worker_threads';
import type { ConvoyError } from '@convoy/tensor';
import { Piscina } from 'piscina';
import { threadExited, workerFailed } from './worker-failure.ts';

/** How a thread is started. */
export interface ThreadStart {
  /** The URL of the module that the thread runs. */
  readonly module: URL;
  /** The function of the module that takes tasks. */
  readonly task: string;
  readonly resourceLimits?: { readonly maxYoungGenerationSizeMb: number };
}

export class PoolThread {
  /** Resolves when the thread has died, with the reason, which is known a little later than the death itself. */
  readonly death: Promise<ConvoyError>;
  readonly #piscina: Piscina;
  readonly #thread: Worker;
  /** What rejects when the thread dies. */
  readonly #pending = new Set<(reason: ConvoyError) => void>();
  #isAlive = true;
  #reason: ConvoyError | undefined;
  #announce: (reason: ConvoyError) => void = () => {};
  /** Why it was terminated. */
  #terminated: ConvoyError | undefined;

  /**
   * Starts the thread with a first task.
   * @throws Error if the thread cannot be created; then nothing of it is left
   */
  constructor({ module, task, resourceLimits }: ThreadStart, first: unknown, transferList: readonly Transferable[]) {
    this.death = new Promise((resolve) => {
      this.#announce = resolve;
    });
    this.#piscina = new Piscina({
      filename: module.href,
      name: task,
      // Of several threads, piscina would not tell which one takes a task. It starts its thread with the first task, and none after its death.
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: Number.POSITIVE_INFINITY,
      // A thread that waits for tasks with Atomics could not answer control calls.
      atomics: 'disabled',
      recordTiming: false,
      ...(resourceLimits && { resourceLimits }),
    });
    this.#piscina.on('error', (error) => this.#die(workerFailed(error)));
    this.#piscina.on('workerDestroy', () => {
      this.#isAlive = false;
      // Later than the other ways in which a death is noticed, because they may know its cause.
      setImmediate(() => this.#die(threadExited()));
    });
    this.#piscina.run(first, { transferList: [...transferList] }).catch((error) => this.#failed(error));
    this.#thread = this.#piscina.threads[0] as Worker;
  }

  /** False as soon as the death is noticed. */
  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Runs a task. @throws ConvoyError why the thread died; Error what the task threw */
  run<T>(task: unknown): Promise<T> {
    return this.#unlessDead(() => this.#piscina.run(task));
  }

  /** Waits for something that the thread does outside of a task. @throws ConvoyError why the thread died; what the work throws */
  async during<T>(work: () => Promise<T>): Promise<T> {
    // Pending work keeps the process alive; an idle thread does not. A port would not do: it closes before the end of the thread is known.
    this.#thread.ref();
    try {
      return await this.#unlessDead(work);
    } finally {
      if (this.#isAlive) this.#thread.unref();
    }
  }

  /** Ends the thread, if it lives. */
  terminate(reason: ConvoyError): void {
    if (!this.#isAlive) return;
    this.#terminated ??= reason;
    void this.#thread.terminate();
  }

  /** Ends the thread, and resolves when it has ended. */
  async destroy(reason: ConvoyError): Promise<void> {
    this.#terminated ??= reason;
    await Promise.all([this.#piscina.destroy(), this.#thread.terminate()]);
  }

  #unlessDead<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#reason) return reject(this.#reason);
      this.#pending.add(reject);
      // The reason for its death is about to be known.
      if (!this.#isAlive) return;
      const end = work().then(resolve, (error) => {
        this.#failed(error);
        reject(error);
      });
      void end.finally(() => this.#pending.delete(reject));
    });
  }

  /** Work has failed: in a living thread, or because the thread died. */
  #failed(error: unknown): void {
    if (!this.#isAlive) this.#die(workerFailed(error));
  }

  #die(reason: ConvoyError): void {
    if (this.#reason) return;
    this.#isAlive = false;
    this.#reason = this.#terminated ?? reason;
    for (const reject of this.#pending) reject(this.#reason);
    this.#pending.clear();
    this.#announce(this.#reason);
  }
}
