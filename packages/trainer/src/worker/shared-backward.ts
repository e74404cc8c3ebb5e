// Backward of one block by two threads. The leader goes from the gradients at outputs to those at inputs; an assistant runs the deferrable calls,
// which make the gradients of parameters, each as soon as the leader has passed it. Both claim deferrable calls, so the leader helps in the end.
// Who computes what makes no difference to the bits.
import type { BoundCalls, Engine } from '@convoy/layers/runtime';
import { leaveIfAbandoned } from '../shared/barrier.ts';
import type { MemoryLayout } from '../shared/memory-layout.ts';
import { Watch } from '../shared/watch.ts';
import { Activity, type WorkerStatus } from '../shared/worker-status.ts';

/** Slots of a shard's line: how many calls the leader has passed, and how many deferrable calls are claimed. */
const Slot = { passed: 0, claimed: 1 } as const;
const WORD_BYTES = 4;

/** A sleeper that nobody wakes looks again after so many milliseconds: its leader may have left the segment. */
const NAP = 5;

/** A deferrable call, and its position among all calls. */
interface DeferrableCall {
  readonly position: number;
  readonly calls: BoundCalls;
}

export class SharedBackward {
  readonly #engine: Engine;
  readonly #status: WorkerStatus;
  readonly #words: Int32Array;
  readonly #control: Int32Array;
  readonly #watch: Watch;
  /** Where each shard's line begins among the words. */
  readonly #lines: readonly number[];
  /** All calls in their order; undefined for deferrable ones. */
  readonly #chain: readonly (BoundCalls | undefined)[];
  readonly #deferrable: readonly DeferrableCall[];

  /**
   * @param layout with a line of words for each shard, all zeros when a step begins
   * @param mayLook as in `Watch`
   */
  constructor(engine: Engine, status: WorkerStatus, layout: MemoryLayout, buffer: ArrayBufferLike, mayLook: boolean) {
    this.#engine = engine;
    this.#status = status;
    this.#words = new Int32Array(buffer);
    this.#control = new Int32Array(buffer, layout.control);
    this.#watch = new Watch(this.#words, mayLook);
    this.#lines = layout.backwardProgress.map((line) => line / WORD_BYTES);
    const all = engine.backwardCalls();
    this.#chain = all.map(({ calls, isDeferrable }) => (isDeferrable ? undefined : calls));
    this.#deferrable = all.flatMap(({ calls, isDeferrable }, position) => (isDeferrable ? [{ position, calls }] : []));
  }

  /** Runs all calls that are not deferrable, then deferrable calls that are left. The engine has entered the block. */
  lead(shard: number): void {
    const passed = this.#lineOf(shard) + Slot.passed;
    for (let i = 0; i < this.#chain.length; i++) {
      const calls = this.#chain[i];
      if (calls) this.#engine.runCalls(calls);
      else this.#publish(passed, i + 1);
    }
    this.assist(shard);
  }

  /** Runs deferrable calls until all are claimed. The engine has entered the leader's block. @throws SegmentAbandoned */
  assist(shard: number): void {
    const line = this.#lineOf(shard);
    for (;;) {
      const call = this.#deferrable[Atomics.add(this.#words, line + Slot.claimed, 1)];
      if (!call) return;
      this.#waitUntil(line + Slot.passed, call.position);
      this.#engine.runCalls(call.calls);
    }
  }

  /** Resets the counters of a shard that nobody is working on. */
  clear(shard: number): void {
    const line = this.#lineOf(shard);
    Atomics.store(this.#words, line + Slot.passed, 0);
    Atomics.store(this.#words, line + Slot.claimed, 0);
  }

  #lineOf(shard: number): number {
    return this.#lines[shard] as number;
  }

  /** An atomic store: a thread that sees the number also sees what the leader wrote before. */
  #publish(slot: number, passed: number): void {
    Atomics.store(this.#words, slot, passed);
    Atomics.notify(this.#words, slot);
  }

  /** Returns when the leader has passed a position. */
  #waitUntil(slot: number, position: number): void {
    if (Atomics.load(this.#words, slot) > position) return;
    this.#status.enter(Activity.wait);
    for (;;) {
      const passed = Atomics.load(this.#words, slot);
      if (passed > position) break;
      if (this.#watch.seesChange(slot, passed)) continue;
      leaveIfAbandoned(this.#control);
      Atomics.wait(this.#words, slot, passed, NAP);
    }
    this.#status.enter(Activity.backward);
  }
}
