// The thread of one decoder, and how it ends.
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { ConvoyError } from '@convoy/tensor';
import { PoolThread } from '../pool/pool-thread.ts';
import type { DecoderEnd, DecoderSetup } from './decoder-messages.ts';

// Neither a compiler nor Node rewrites the extension in a URL: it is the one of this file.
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const decoderModule = new URL(`./decoder.${extension}`, import.meta.url);

const BEATS_BYTES = 4;

export class DecoderThread {
  readonly #thread: PoolThread;
  readonly #port: MessagePort;
  readonly #beats = new Int32Array(new SharedArrayBuffer(BEATS_BYTES));
  readonly #end: Promise<DecoderEnd>;

  /** @throws Error if the thread cannot be created; then nothing of it is left */
  constructor(setup: Omit<DecoderSetup, 'beats' | 'port'>) {
    const { port1, port2 } = new MessageChannel();
    try {
      this.#thread = new PoolThread(
        { module: decoderModule, task: 'startDecoder' },
        { ...setup, beats: this.#beats, port: port2 },
        [port2],
      );
    } catch (error) {
      port1.close();
      throw error;
    }
    this.#port = port1;
    this.#end = new Promise((resolve) => port1.once('message', resolve));
    // A decoder that waits for room does not keep the process alive.
    port1.unref();
  }

  /** Resolves when everything that is read once was read, or the ring was stopped. @throws ConvoyError why it cannot be read, or why the thread died */
  async end(): Promise<void> {
    try {
      const end = await Promise.race([this.#end, this.#thread.death]);
      if (end instanceof ConvoyError) throw new DecoderDeath(end);
      if (end.kind === 'failed') throw ConvoyError.fromJSON(end.error);
    } finally {
      this.#port.close();
    }
  }

  /** Counts 2 for each row that was read, and 1 more while one is read. */
  get beats(): number {
    return Atomics.load(this.#beats, 0);
  }

  terminate(reason: ConvoyError): void {
    this.#thread.terminate(reason);
  }

  destroy(reason: ConvoyError): Promise<void> {
    return this.#thread.destroy(reason);
  }
}

/** The thread of a decoder has died: another one can take its place. */
export class DecoderDeath extends Error {
  override readonly name = 'DecoderDeath';
  readonly failure: ConvoyError;

  constructor(failure: ConvoyError) {
    super(failure.message, { cause: failure });
    this.failure = failure;
  }
}
