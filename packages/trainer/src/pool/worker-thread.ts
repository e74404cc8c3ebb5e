// The thread of one worker, with a link for control calls.
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { ConvoyError } from '@convoy/tensor';
import { type ControlLink, linkControl } from '../shared/control-link.ts';
import type { WorkerResult } from '../shared/messages.ts';
import type { Segment } from '../shared/segment.ts';
import { PoolThread } from './pool-thread.ts';

// Neither a compiler nor Node rewrites the extension in a URL: it is the one of this file.
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const workerModule = new URL(`../worker/worker.${extension}`, import.meta.url);

export class WorkerThread {
  readonly #thread: PoolThread;
  readonly #port: MessagePort;
  readonly #link: ControlLink;

  /**
   * Starts the thread. It answers calls as soon as it is ready.
   * @throws Error if the thread cannot be created; then nothing of it is left
   */
  constructor() {
    const { port1, port2 } = new MessageChannel();
    try {
      this.#thread = new PoolThread(
        // A step makes almost no garbage. Without this limit V8 lets it accumulate, some MiB per thread.
        { module: workerModule, task: 'runTask', resourceLimits: { maxYoungGenerationSizeMb: 1 } },
        { kind: 'join', port: port2 },
        [port2],
      );
    } catch (error) {
      port1.close();
      throw error;
    }
    this.#port = port1;
    this.#link = linkControl(port1);
    port1.unref();
    void this.death.then(() => this.#port.close());
  }

  /** Resolves when the thread has died, with the reason, which is known a little later than the death itself. */
  get death(): Promise<ConvoyError> {
    return this.#thread.death;
  }

  /** False as soon as the death is noticed. */
  get isAlive(): boolean {
    return this.#thread.isAlive;
  }

  /** @throws ConvoyError why the thread died */
  run(segment: Segment): Promise<WorkerResult> {
    return this.#thread.run({ kind: 'run', segment });
  }

  /** Makes control calls. @throws ConvoyError why the thread died; Error what the call threw */
  call(calls: (link: ControlLink) => Promise<void>): Promise<void> {
    return this.#thread.during(() => calls(this.#link));
  }

  /** Ends the thread, if it lives. */
  terminate(reason: ConvoyError): void {
    this.#thread.terminate(reason);
  }

  /** Ends the thread, and resolves when it has ended. */
  destroy(reason: ConvoyError): Promise<void> {
    return this.#thread.destroy(reason);
  }
}
