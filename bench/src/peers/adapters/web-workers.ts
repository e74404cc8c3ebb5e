// The browser's `Worker` on top of Node's worker threads: the part of it that jax-js needs to compute on several threads.
import { resolveObjectURL } from 'node:buffer';
import { Worker as Thread } from 'node:worker_threads';

/** Defines the globals that a script for browsers expects. */
const PRELUDE = `
const { parentPort } = require('node:worker_threads');
globalThis.self = globalThis;
globalThis.postMessage = (message) => parentPort.postMessage(message);
parentPort.on('message', (data) => self.onmessage({ data }));
`;

class WebWorker {
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  onerror: ((error: Error) => void) | null = null;
  /** Resolves when the script has been read; messages that were posted before are sent then, in their order. */
  readonly #thread: Promise<Thread>;

  constructor(url: string) {
    this.#thread = this.#start(url);
  }

  postMessage(message: unknown): void {
    void this.#thread.then((thread) => thread.postMessage(message));
  }

  async #start(url: string): Promise<Thread> {
    const script = (await resolveObjectURL(url)?.text()) ?? '';
    const thread = new Thread(PRELUDE + script, { eval: true });
    thread.on('message', (data) => this.onmessage?.({ data }));
    thread.on('error', (error: Error) => this.onerror?.(error));
    return thread;
  }
}

/** Defines the global `Worker`. */
export function offerWebWorkers(): void {
  Object.assign(globalThis, { Worker: WebWorker });
}
