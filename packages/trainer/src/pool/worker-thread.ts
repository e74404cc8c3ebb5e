// The thread of one worker, with a link for control calls, from its start to its death. Whatever it was asked for then ends with the reason of
// its death. The only module that knows piscina.
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads';
import type { ConvoyError } from '@convoy/tensor';
import { Piscina } from 'piscina';
import { type ControlLink, linkControl } from '../shared/control-link.ts';
import type { WorkerResult } from '../shared/messages.ts';
import type { Segment } from '../shared/segment.ts';
import { threadExited, workerFailed } from './worker-failure.ts';

// Neither a compiler nor Node rewrites the extension in a URL: it is the one of this file.
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const workerModule = new URL(`../worker/worker.${extension}`, import.meta.url);

export class WorkerThread {
  /** Resolves when the thread has died, with the reason, which is known a little later than the death itself. */
  readonly death: Promise<ConvoyError>;
  readonly #piscina: Piscina;
  readonly #thread: Worker;
  readonly #port: MessagePort;
  readonly #link: ControlLink;
  /** What rejects when the thread dies. */
  readonly #pending = new Set<(reason: ConvoyError) => void>();
  #isAlive = true;
  #reason: ConvoyError | undefined;
  #announce: (reason: ConvoyError) => void = () => {};
  /** Why it was terminated. */
  #terminated: ConvoyError | undefined;

  /**
   * Starts the thread. It answers calls as soon as it is ready.
   * @throws Error if the thread cannot be created; then nothing of it is left
   */
  constructor() {
    this.death = new Promise((resolve) => {
      this.#announce = resolve;
    });
    this.#piscina = new Piscina({
      filename: workerModule.href,
      name: 'runTask',
      // Of several threads, piscina would not tell which one takes a task. It starts its thread with the first task, and none after its death.
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: Number.POSITIVE_INFINITY,
      // A thread that waits for tasks with Atomics could not answer control calls.
      atomics: 'disabled',
      recordTiming: false,
      // A step makes almost no garbage. Without this limit V8 lets it accumulate, some MiB per thread.
      resourceLimits: { maxYoungGenerationSizeMb: 1 },
    });
    this.#piscina.on('error', (error) => this.#die(workerFailed(error)));
    this.#piscina.on('workerDestroy', () => {
      this.#isAlive = false;
      // Later than the other ways in which a death is noticed, because they may know its cause.
      setImmediate(() => this.#die(threadExited()));
    });
    const { port1, port2 } = new MessageChannel();
    try {
      this.#piscina.run({ kind: 'join', port: port2 }, { transferList: [port2] }).catch((error) => this.#failed(error));
    } catch (error) {
      port1.close();
      throw error;
    }
    this.#thread = this.#piscina.threads[0] as Worker;
    this.#port = port1;
    this.#link = linkControl(port1);
    port1.unref();
  }

  /** False as soon as the death is noticed. */
  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** @throws ConvoyError why the thread died */
  run(segment: Segment): Promise<WorkerResult> {
    return this.#unlessDead(() => this.#piscina.run({ kind: 'run', segment }));
  }

  /** Makes control calls. @throws ConvoyError why the thread died; Error what the call threw */
  async call(calls: (link: ControlLink) => Promise<void>): Promise<void> {
    // A pending call keeps the process alive; an idle trainer does not. The port would not do: it closes before the end of the thread is known.
    this.#thread.ref();
    try {
      await this.#unlessDead(() => calls(this.#link));
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
    this.#port.close();
    for (const reject of this.#pending) reject(this.#reason);
    this.#pending.clear();
    this.#announce(this.#reason);
  }
}
