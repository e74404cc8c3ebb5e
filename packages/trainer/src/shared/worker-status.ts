// What a worker does. The worker writes, and the main thread reads: to tell a worker that hangs from one that waits, and to say what a dead worker did.
import { CACHE_LINE } from '@convoy/layers/runtime';

/** What a worker does. */
export const Activity = {
  /** Nothing: it has left its segment. */
  idle: 0,
  /** It was given a segment, and has not begun. */
  called: 1,
  gather: 2,
  forward: 3,
  loss: 4,
  backward: 5,
  update: 6,
  /** It waits for the others. */
  wait: 7,
  /** It waits for a sample that is being read. */
  data: 8,
} as const;
export type Activity = (typeof Activity)[keyof typeof Activity];

/** How many activities there are. */
export const ACTIVITIES = Object.keys(Activity).length;

const ACTIVITY_NAMES = Object.fromEntries(Object.entries(Activity).map(([name, activity]) => [activity, name]));

/** Slots of a worker's line: its activity, a counter of its changes, and the kernel that runs. */
const Slot = { activity: 0, beats: 1, kernel: 2 } as const;
const WORD_BYTES = 4;

export class WorkerStatus {
  readonly #words: Int32Array;
  readonly #times: Float64Array | undefined;
  #entered = 0;

  /** @param times if given, the milliseconds of each activity are added to its element */
  constructor(buffer: ArrayBufferLike, statuses: number, rank: number, times?: Float64Array) {
    this.#words = new Int32Array(buffer, statuses + rank * CACHE_LINE, CACHE_LINE / WORD_BYTES);
    this.#times = times;
  }

  /** Plain stores: no other thread synchronizes on them. */
  enter(activity: Activity): void {
    if (this.#times) this.#measure(this.#times);
    this.#words[Slot.activity] = activity;
    this.#words[Slot.beats] = ((this.#words[Slot.beats] as number) + 1) | 0;
  }

  /** Adds the time since the last call to the activity that ends. */
  #measure(times: Float64Array): void {
    const now = performance.now();
    const { activity } = this;
    if (activity !== Activity.idle && activity !== Activity.called)
      times[activity] = (times[activity] as number) + now - this.#entered;
    this.#entered = now;
  }

  get activity(): Activity {
    return Atomics.load(this.#words, Slot.activity) as Activity;
  }

  get activityName(): string {
    return ACTIVITY_NAMES[this.activity] as string;
  }

  /** Changes whenever the worker makes progress. */
  get beats(): number {
    return Atomics.load(this.#words, Slot.beats);
  }

  /** The number of the kernel that runs or ran last. */
  get kernel(): number {
    return Atomics.load(this.#words, Slot.kernel);
  }

  /** The word that takes the number of the kernel. */
  kernelSlot(): Int32Array {
    return this.#words.subarray(Slot.kernel, Slot.kernel + 1);
  }
}
