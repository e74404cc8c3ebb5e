// Where the rows of samples are: in the memory of a data set, or in a ring that decoders fill.
import type { RowFinder } from '@convoy/layers/runtime';
import { leaveIfAbandoned } from '../shared/barrier.ts';
import type { Ring } from '../shared/ring.ts';

/** After this time a worker looks whether its segment was abandoned. */
const LOOK_MILLISECONDS = 50;

/** Samples that are rows of memory, in any order. */
export class PickedRows implements RowFinder {
  readonly #rows: Int32Array;

  /** @param rows (length): the row of each sample */
  constructor(rows: Int32Array) {
    this.#rows = rows;
  }

  rowOf(sample: number): number {
    return this.#rows[sample] as number;
  }
}

/** Samples that decoders put into a ring, in the order in which they are trained on. */
export class RingRows implements RowFinder {
  readonly #ring: Ring;
  readonly #words: Int32Array;
  readonly #isWaiting: (isWaiting: boolean) => void;
  #sequence = 0;

  /**
   * @param words the control words of the trainer
   * @param isWaiting is called when the waiting for a row begins, and when it ends
   */
  constructor(ring: Ring, words: Int32Array, isWaiting: (isWaiting: boolean) => void) {
    this.#ring = ring;
    this.#words = words;
    this.#isWaiting = isWaiting;
  }

  /** @param sequence the sequence number of the first position of the order */
  enter(sequence: number): void {
    this.#sequence = sequence;
  }

  /** @throws SegmentAbandoned */
  rowOf(_sample: number, position: number): number {
    const sequence = (this.#sequence + position) | 0;
    if (!this.#ring.isFilled(sequence)) this.#wait(sequence);
    return this.#ring.slotOf(sequence);
  }

  /** The samples before a position are not needed again. */
  release(position: number): void {
    this.#ring.release((this.#sequence + position) | 0);
  }

  #wait(sequence: number): void {
    this.#isWaiting(true);
    while (!this.#ring.isFilled(sequence)) {
      leaveIfAbandoned(this.#words);
      this.#ring.waitUntilFilled(sequence, LOOK_MILLISECONDS);
    }
    this.#isWaiting(false);
  }
}
