// The threads that have joined a trainer, by rank, each with a link for control calls. Ends when one of them dies.
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { type ControlLink, linkControl } from '../shared/control-link.ts';
import type { WorkerResult, WorkerTask } from '../shared/messages.ts';
import { WorkerFailure, workerFailed } from './worker-failure.ts';

export class Crew {
  /** Ids of the threads by rank. */
  readonly threads: readonly number[];
  readonly #ports: readonly MessagePort[];
  readonly #links: readonly ControlLink[];

  private constructor(threads: readonly number[], ports: readonly MessagePort[], links: readonly ControlLink[]) {
    this.threads = threads;
    this.#ports = ports;
    this.#links = links;
  }

  /** Has every thread join: each task waits for all of them, so each thread takes exactly one. */
  static async gather(
    workers: number,
    run: (task: WorkerTask, ports: MessagePort[]) => Promise<WorkerResult>,
  ): Promise<Crew> {
    const joined = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const channels = Array.from({ length: workers }, () => new MessageChannel());
    const ports = channels.map(({ port1 }) => port1);
    const links = ports.map(linkControl);
    try {
      const results = await Promise.all(
        channels.map(({ port2 }) => run({ kind: 'join', port: port2, joined, workers }, [port2])),
      );
      const threads = results.map((result) => (result.kind === 'joined' ? result.thread : -1));
      return new Crew(threads, ports, links);
    } catch (error) {
      // Those that have joined wait for one that never will.
      Atomics.store(joined, 0, workers);
      Atomics.notify(joined, 0);
      for (const port of ports) port.close();
      throw error;
    }
  }

  /** @throws WorkerFailure with the rank of a worker that did not do as it was told */
  async tellAll(call: (link: ControlLink, rank: number) => Promise<void>): Promise<void> {
    const tell = (link: ControlLink, rank: number) =>
      call(link, rank).catch((error) => Promise.reject(new WorkerFailure(workerFailed(error), [rank])));
    // A pending call keeps the process alive; an idle trainer does not.
    for (const port of this.#ports) port.ref();
    try {
      await Promise.all(this.#links.map(tell));
    } finally {
      for (const port of this.#ports) port.unref();
    }
  }

  close(): void {
    for (const port of this.#ports) port.close();
  }
}
