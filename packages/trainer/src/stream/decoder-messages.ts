// Messages between the main thread and the threads of decoders.
import type { MessagePort } from 'node:worker_threads';
import type { ReadSource } from '@convoy/datasets';
import type { ConvoyError } from '@convoy/tensor/errors';
import type { RingLayout } from '../shared/ring.ts';

/** Everything a decoder needs to know. */
export interface DecoderSetup {
  readonly ring: RingLayout;
  readonly source: ReadSource;
  /** Samples of the data set. */
  readonly length: number;
  /** The seed of the order of samples. */
  readonly seed: number;
  /** Decoder d of D fills the slots d, d + D, … */
  readonly decoder: number;
  readonly decoders: number;
  /** Whether each sample is read once, in the order of the data set, and never again. */
  readonly once: boolean;
  /** A word that counts the rows that this decoder has read: 2 for each row, and 1 more while it reads. */
  readonly beats: Int32Array<SharedArrayBuffer>;
  /** Takes the end of the decoder. */
  readonly port: MessagePort;
}

/** How a decoder has ended. Errors are plain data: a structured clone would strip them of their codes. */
export type DecoderEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly error: ReturnType<ConvoyError['toJSON']> };
