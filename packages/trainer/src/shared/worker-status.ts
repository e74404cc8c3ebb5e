// Where a worker is: it writes, the main thread reads. Tells a worker that hangs from one that waits, and what a dead one was doing.
import { CACHE_LINE } from '@convoy/layers/runtime';

/** What a worker does. */
export const Phase = {
  /** Nothing: it has left its segment. */
  idle: 0,
  /** A segment was handed to it, and it has not begun. */
  called: 1,
  gather: 2,
  forward: 3,
  loss: 4,
  backward: 5,
  update: 6,
  /** It waits for the others. */
  barrier: 7,
} as const;
export type Phase = (typeof Phase)[keyof typeof Phase];

/** How many phases there are. */
export const PHASES = Object.keys(Phase).length;

const PHASE_NAMES = Object.fromEntries(Object.entries(Phase).map(([name, phase]) => [phase, name]));

/** Slots of a worker's line: its phase, how often that has changed, and the kernel that runs. */
const Slot = { phase: 0, beats: 1, kernel: 2 } as const;
const WORD_BYTES = 4;

export class Place {
  readonly #words: Int32Array;
  readonly #times: Float64Array | undefined;
  #entered = 0;

  /** @param times if given, the milliseconds of each phase are added to its element */
  constructor(buffer: ArrayBufferLike, places: number, rank: number, times?: Float64Array) {
    this.#words = new Int32Array(buffer, places + rank * CACHE_LINE, CACHE_LINE / WORD_BYTES);
    this.#times = times;
  }

  /** Plain stores: nobody synchronises by them. */
  enter(phase: Phase): void {
    if (this.#times) this.#measure(this.#times);
    this.#words[Slot.phase] = phase;
    this.#words[Slot.beats] = ((this.#words[Slot.beats] as number) + 1) | 0;
  }

  /** Adds the time since the last call to the phase that ends. */
  #measure(times: Float64Array): void {
    const now = performance.now();
    const { phase } = this;
    if (phase !== Phase.idle && phase !== Phase.called) times[phase] = (times[phase] as number) + now - this.#entered;
    this.#entered = now;
  }

  get phase(): Phase {
    return Atomics.load(this.#words, Slot.phase) as Phase;
  }

  get phaseName(): string {
    return PHASE_NAMES[this.phase] as string;
  }

  /** Changes whenever the worker gets on. */
  get beats(): number {
    return Atomics.load(this.#words, Slot.beats);
  }

  /** The number of the kernel that runs or ran last. */
  get kernel(): number {
    return Atomics.load(this.#words, Slot.kernel);
  }

  /** Where the kernel's number is written. */
  kernelSlot(): Int32Array {
    return this.#words.subarray(Slot.kernel, Slot.kernel + 1);
  }
}
