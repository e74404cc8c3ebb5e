// Faults that worker threads run into: of which kind, at which point, how often. This thread sets them on a board in shared memory; in the
// workers `programs/planted-fault.ts`, which has to be preloaded, looks at it.
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';

const faultKinds = ['throw', 'exit', 'heap', 'spin', 'sleep', 'notice'] as const;
/** `heap` runs out of memory, `spin` and `sleep` hang; a worker that has a `notice` only says that it was there, and continues. */
export type FaultKind = (typeof faultKinds)[number];

/** The points of a step, then the time between segments. */
export const runPoints = [
  'gather',
  'forward',
  'loss',
  'backward',
  'update',
  'claim',
  'barrier',
  'commit',
  'between',
] as const;
/** The points of a thread that becomes a worker: it starts, gets its link to the trainer, instantiates the plan, and a data set. */
export const setUpPoints = ['start', 'join', 'set up', 'receive'] as const;
const faultPoints = [...setUpPoints, ...runPoints] as const;
export type FaultPoint = (typeof faultPoints)[number];

export interface Fault {
  readonly kind: FaultKind;
  readonly point: FaultPoint;
  /** The fault happens when workers pass the point for this time, from 1; default 1. */
  readonly after?: number;
  /** Whether it happens again and again; default once. */
  readonly always?: boolean;
}

export const PLANTED = 'a planted fault';

const Slot = { mode: 0, kind: 1, point: 2, passes: 3, happened: 4, thread: 5 } as const;
const Mode = { none: 0, once: 1, always: 2 } as const;
const BOARD_BYTES = 64;
const KEY = 'convoy faults';

export class FaultBoard {
  readonly #words: Int32Array;
  /** Milliseconds since 1970 of the last fault. */
  readonly #time: Float64Array;

  private constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer, 0, BOARD_BYTES / 4);
    this.#time = new Float64Array(buffer, BOARD_BYTES, 1);
  }

  /** A board for the threads that are started from now on. */
  static create(): FaultBoard {
    const buffer = new SharedArrayBuffer(BOARD_BYTES + 8);
    setEnvironmentData(KEY, buffer);
    return new FaultBoard(buffer);
  }

  /** In a worker: the board of the process, if it has one. */
  static find(): FaultBoard | undefined {
    const buffer = getEnvironmentData(KEY);
    return buffer instanceof SharedArrayBuffer ? new FaultBoard(buffer) : undefined;
  }

  plant({ kind, point, after = 1, always = false }: Fault): void {
    this.clear();
    this.#words[Slot.kind] = faultKinds.indexOf(kind);
    this.#words[Slot.point] = faultPoints.indexOf(point);
    this.#words[Slot.passes] = after;
    this.#words[Slot.happened] = 0;
    Atomics.store(this.#words, Slot.mode, always ? Mode.always : Mode.once);
  }

  clear(): void {
    Atomics.store(this.#words, Slot.mode, Mode.none);
  }

  /** How often the fault has happened. */
  get happened(): number {
    return Atomics.load(this.#words, Slot.happened);
  }

  /** The thread in which it happened last. */
  get thread(): number {
    return Atomics.load(this.#words, Slot.thread);
  }

  get time(): number {
    return this.#time[0] as number;
  }

  /** In a worker that passes a point: the fault that it is to run into. */
  due(point: FaultPoint, thread: number): FaultKind | undefined {
    const mode = Atomics.load(this.#words, Slot.mode);
    if (mode === Mode.none || faultPoints[this.#words[Slot.point] as number] !== point) return undefined;
    // Not Atomics.add, which is among what is watched.
    if (Atomics.sub(this.#words, Slot.passes, 1) > 1) return undefined;
    if (mode === Mode.once && Atomics.exchange(this.#words, Slot.mode, Mode.none) === Mode.none) return undefined;
    this.#time[0] = performance.timeOrigin + performance.now();
    this.#words[Slot.thread] = thread;
    Atomics.sub(this.#words, Slot.happened, -1);
    return faultKinds[this.#words[Slot.kind] as number];
  }
}
