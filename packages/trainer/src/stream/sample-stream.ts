// The samples of a data set that is read while it is trained on: decoders fill a ring ahead of the workers.
import type { ConvoyError } from '@convoy/tensor';
import { Ring, type RingLayout, type RingPlace } from '../shared/ring.ts';
import { Decoders, type DecoderTask } from './decoders.ts';
import type { ReadDataset } from './read-dataset.ts';

/** Where a segment begins: at a position of the order of an epoch. Samples that are not shuffled have the same order in every epoch. */
export type StreamPlace = Omit<RingPlace, 'sequence'>;

export class SampleStream {
  readonly layout: RingLayout;
  readonly #length: number;
  readonly #ring: Ring;
  readonly #decoders: Decoders;
  #place: RingPlace = { sequence: 0, epoch: 0, position: 0, shuffle: false };

  constructor(dataset: ReadDataset, task: Omit<DecoderTask, 'source' | 'length' | 'once'>) {
    const { length, source } = dataset;
    this.layout = task.ring;
    this.#length = length;
    this.#ring = new Ring(task.ring);
    this.#decoders = new Decoders({ ...task, source, length, once: false });
  }

  /** Why a sample cannot be read; the stream has then ended. */
  get failure(): ConvoyError | undefined {
    return this.#decoders.failure;
  }

  /** Calls back when a sample cannot be read. Returns what ends this. */
  watch(onFailure: () => void): () => void {
    this.#decoders.onFailure = onFailure;
    if (this.failure) onFailure();
    return () => {
      this.#decoders.onFailure = () => {};
    };
  }

  /** The greatest number of samples of a segment whose samples are not released one after the other. */
  get longestPiece(): number {
    return this.layout.capacity / 2;
  }

  /** The sequence number of position 0 of the epoch that is read. */
  get sequence(): number {
    return (this.#place.sequence - this.#place.position) | 0;
  }

  /**
   * Releases the samples before a place, and lets the decoders continue there. Rows that are in the ring already are kept if the place is among
   * them. No worker is running.
   */
  moveTo(next: StreamPlace): void {
    const ring = this.#ring;
    const { capacity } = this.layout;
    const ahead = this.#samplesAhead(next);
    const isInRing = ahead >= 0 && ahead < capacity;
    // A sequence number is never used for two samples, and decoders may be reading ahead as far as the ring reaches.
    const sequence = (ring.released + (isInRing ? ahead : 2 * capacity)) | 0;
    this.#place = { ...next, sequence };
    ring.moveTo(this.#place);
  }

  /** Ends the decoders. */
  close(): Promise<void> {
    return this.#decoders.close();
  }

  /** Samples from the first one that is not released to a place; below 0 if the place is in another order. */
  #samplesAhead({ epoch, position, shuffle }: StreamPlace): number {
    const last = this.#place;
    const length = this.#length;
    const released = last.position + ((this.#ring.released - last.sequence) | 0);
    if (shuffle !== last.shuffle) return -1;
    if (shuffle) return (epoch - last.epoch) * length + position - released;
    // This order repeats itself.
    return (((position - released) % length) + length) % length;
  }
}
