// A ring of rows in shared memory, through which decoders hand samples to workers. Each position of the order of samples has a sequence number,
// a 32-bit integer that wraps around. Its row lies in slot (sequence number mod capacity). A decoder fills a slot only when the earlier row in it
// is released, so the memory is bounded. Every access to the words is atomic.
import { CACHE_LINE } from '@convoy/layers/runtime';

/** Where a ring lies. It is plain data, which is posted to threads. */
export interface RingLayout {
  readonly buffer: SharedArrayBuffer;
  /** Slots: a power of two, so that sequence numbers may wrap around. */
  readonly capacity: number;
  readonly element: 'uint8' | 'float32';
  /** Numbers of a row. */
  readonly rowSize: number;
  /** Slots with memory: a ring that is filled only once needs no more than the rows that it gets. */
  readonly rows: number;
}

/** Where in the order of samples a sequence number is. */
export interface RingPlace {
  /** The sequence number. */
  readonly sequence: number;
  readonly epoch: number;
  readonly position: number;
  readonly shuffle: boolean;
}

/** Indices of the words. Words that different threads write often lie on different cache lines. */
const Word = {
  /** Odd while the main thread changes the place. */
  generation: 0,
  sequence: 1,
  epoch: 2,
  position: 3,
  shuffle: 4,
  /** Main thread to decoders: end. */
  stop: 5,
  /** All rows with earlier sequence numbers are released. */
  released: 16,
  /** Changes when decoders that sleep have to look again. */
  wake: 32,
} as const;
const WORDS = 48;
const WORD_BYTES = 4;

const bytesOf = (element: RingLayout['element']) => (element === 'uint8' ? 1 : 4);
const rowsOffset = (capacity: number) => Math.ceil(((WORDS + capacity) * WORD_BYTES) / CACHE_LINE) * CACHE_LINE;

/** Bytes of a ring with so many rows. */
export const ringBytes = (capacity: number, rows: number, rowBytes: number): number =>
  rowsOffset(capacity) + rows * rowBytes;

/** Bytes of a row. */
export const rowBytesOf = ({ element, rowSize }: Pick<RingLayout, 'element' | 'rowSize'>): number =>
  bytesOf(element) * rowSize;

export class Ring {
  readonly layout: RingLayout;
  readonly #words: Int32Array;
  /** For each slot 1 + the sequence number of the row that it has. */
  readonly #filled: Int32Array;
  readonly #mask: number;
  /** The rows of all slots. */
  readonly rows: Uint8Array<SharedArrayBuffer> | Float32Array<SharedArrayBuffer>;

  constructor(layout: RingLayout) {
    const { buffer, capacity, element, rowSize, rows } = layout;
    this.layout = layout;
    this.#words = new Int32Array(buffer, 0, WORDS);
    this.#filled = new Int32Array(buffer, WORDS * WORD_BYTES, capacity);
    this.#mask = capacity - 1;
    const count = rows * rowSize;
    const start = rowsOffset(capacity);
    this.rows = element === 'uint8' ? new Uint8Array(buffer, start, count) : new Float32Array(buffer, start, count);
  }

  /** The row of a slot. */
  row(slot: number): Uint8Array | Float32Array {
    const { rowSize } = this.layout;
    return this.rows.subarray(slot * rowSize, (slot + 1) * rowSize);
  }

  slotOf(sequence: number): number {
    return sequence & this.#mask;
  }

  isFilled(sequence: number): boolean {
    return Atomics.load(this.#filled, sequence & this.#mask) === ((sequence + 1) | 0);
  }

  /** A decoder has written the row. */
  fill(sequence: number): void {
    const slot = sequence & this.#mask;
    Atomics.store(this.#filled, slot, (sequence + 1) | 0);
    Atomics.notify(this.#filled, slot);
  }

  /** Waits until the row is there, or some milliseconds have passed. */
  waitUntilFilled(sequence: number, milliseconds: number): void {
    const slot = sequence & this.#mask;
    const seen = Atomics.load(this.#filled, slot);
    if (seen !== ((sequence + 1) | 0)) Atomics.wait(this.#filled, slot, seen, milliseconds);
  }

  get released(): number {
    return Atomics.load(this.#words, Word.released);
  }

  /** Releases all rows before a sequence number. */
  release(sequence: number): void {
    Atomics.store(this.#words, Word.released, sequence);
    this.wake();
  }

  /** Whether a decoder may write a row: the slot's earlier row is released. */
  isFree(sequence: number): boolean {
    return ((sequence - this.released) | 0) < this.layout.capacity;
  }

  /** Changes with every change of the place. */
  get generation(): number {
    return Atomics.load(this.#words, Word.generation);
  }

  /** The main thread says where the order of samples continues, and releases all rows before that place. */
  moveTo({ sequence, epoch, position, shuffle }: RingPlace): void {
    const words = this.#words;
    Atomics.add(words, Word.generation, 1);
    Atomics.store(words, Word.sequence, sequence);
    Atomics.store(words, Word.epoch, epoch);
    Atomics.store(words, Word.position, position);
    Atomics.store(words, Word.shuffle, shuffle ? 1 : 0);
    Atomics.store(words, Word.released, sequence);
    Atomics.add(words, Word.generation, 1);
    this.wake();
  }

  /** The place of the last move, if no move is running. */
  get place(): (RingPlace & { readonly generation: number }) | undefined {
    const words = this.#words;
    const generation = this.generation;
    const place = {
      generation,
      sequence: Atomics.load(words, Word.sequence),
      epoch: Atomics.load(words, Word.epoch),
      position: Atomics.load(words, Word.position),
      shuffle: Atomics.load(words, Word.shuffle) !== 0,
    };
    return generation % 2 === 0 && generation === this.generation ? place : undefined;
  }

  /** Ends all decoders. */
  stop(): void {
    Atomics.store(this.#words, Word.stop, 1);
    this.wake();
  }

  get isStopped(): boolean {
    return Atomics.load(this.#words, Word.stop) !== 0;
  }

  /** What `sleep` compares with. Look at it before the reason to sleep. */
  get wakeCount(): number {
    return Atomics.load(this.#words, Word.wake);
  }

  /** Sleeps until something has changed since `wakeCount` was looked at. */
  sleep(wakeCount: number): void {
    Atomics.wait(this.#words, Word.wake, wakeCount);
  }

  wake(): void {
    Atomics.add(this.#words, Word.wake, 1);
    Atomics.notify(this.#words, Word.wake);
  }
}

/** The first sequence number from `from` on whose slot belongs to a decoder: decoder d of D fills the slots d, d + D, …  */
export function ownSequence(from: number, decoder: number, decoders: number, capacity: number): number {
  const slot = from & (capacity - 1);
  const ahead = (((decoder - slot) % decoders) + decoders) % decoders;
  return slot + ahead < capacity ? (from + ahead) | 0 : (from + capacity - slot + decoder) | 0;
}
