// The threads that have joined a trainer as its workers, each with a link for control calls. Valid until one of the threads dies.
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { type ControlLink, linkControl } from '../shared/control-link.ts';
import type { WorkerResult, WorkerTask } from '../shared/messages.ts';
import { WorkerFailure, workerFailed } from './worker-failure.ts';

export class JoinedWorkers {
  /** The ids of the threads, by the ranks of the workers. */
  readonly threads: readonly number[];
  readonly #ports: readonly MessagePort[];
  readonly #links: readonly ControlLink[];

  private constructor(threads: readonly number[], ports: readonly MessagePort[], links: readonly ControlLink[]) {
    this.threads = threads;
    this.#ports = ports;
    this.#links = links;
  }

  /**
   * Lets every thread join. Each task of joining waits for all of them, so each thread takes exactly one.
   * @param run runs a task in a thread that has none
   * @throws Error why a thread died
   */
  static async join(
    workers: number,
    run: (task: WorkerTask, ports: MessagePort[]) => Promise<WorkerResult>,
  ): Promise<JoinedWorkers> {
    const joined = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const channels = Array.from({ length: workers }, () => new MessageChannel());
    const ports = channels.map(({ port1 }) => port1);
    const links = ports.map(linkControl);
    try {
      const results = await Promise.all(
        channels.map(({ port2 }) => run({ kind: 'join', port: port2, joined, workers }, [port2])),
      );
      const ids = results.map((result) => (result.kind === 'joined' ? result.thread : -1));
      return new JoinedWorkers(ids, ports, links);
    } catch (error) {
      // Threads that have joined wait for one that never will.
      Atomics.store(joined, 0, workers);
      Atomics.notify(joined, 0);
      for (const port of ports) port.close();
      throw error;
    }
  }

  /**
   * Makes a control call to every worker.
   * @throws WorkerFailure with the rank of a worker in which the call failed
   */
  async callAll(call: (link: ControlLink, rank: number) => Promise<void>): Promise<void> {
    const callOne = (link: ControlLink, rank: number) =>
      call(link, rank).catch((error) => Promise.reject(new WorkerFailure(workerFailed(error), [rank])));
    // A pending call keeps the process alive; an idle trainer does not.
    for (const port of this.#ports) port.ref();
    try {
      await Promise.all(this.#links.map(callOne));
    } finally {
      for (const port of this.#ports) port.unref();
    }
  }

  close(): void {
    for (const port of this.#ports) port.close();
  }
}
