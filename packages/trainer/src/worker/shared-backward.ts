// The backward part of a block by two threads. The leader goes from the gradients at outputs to those at inputs; an assistant makes the gradients
// of parameters, each as soon as the leader has passed it. Whoever is free claims the next one, so in the end the leader helps. Who computes what
// makes no difference to the bits.
import type { BlockRunner, BoundCalls, Plan } from '@convoy/layers/runtime';
import { leaveIfAbandoned } from '../shared/barrier.ts';
import { Watch } from '../shared/watch.ts';
import { Activity, type WorkerStatus } from '../shared/worker-status.ts';

/** Slots of a shard's line: how many of the calls the leader has passed, and how many that stand aside are claimed. */
const Slot = { passed: 0, claimed: 1 } as const;
const WORD_BYTES = 4;

/** A sleeper that nobody wakes looks again after so many milliseconds: its leader may have left the segment. */
const NAP = 5;

/** A call that stands aside, with its place among all calls. */
interface Aside {
  readonly position: number;
  readonly calls: BoundCalls;
}

export class SharedBackward {
  readonly #runner: BlockRunner;
  readonly #status: WorkerStatus;
  readonly #words: Int32Array;
  readonly #control: Int32Array;
  readonly #watch: Watch;
  /** Where each shard's line begins among the words. */
  readonly #lines: readonly number[];
  /** All calls in their order, without those that stand aside. */
  readonly #chain: readonly (BoundCalls | undefined)[];
  readonly #asides: readonly Aside[];

  /**
   * @param lines addresses of a line of words for each shard, all zeros when a step begins
   * @param control the control words
   * @param mayLook as of `Watch`
   */
  constructor(
    plan: Plan,
    runner: BlockRunner,
    status: WorkerStatus,
    lines: readonly number[],
    buffer: ArrayBufferLike,
    control: Int32Array,
    mayLook: boolean,
  ) {
    this.#runner = runner;
    this.#status = status;
    this.#words = new Int32Array(buffer);
    this.#control = control;
    this.#watch = new Watch(this.#words, mayLook);
    this.#lines = lines.map((line) => line / WORD_BYTES);
    const calls = plan.training
      .flatMap(({ stages }) => stages)
      .flatMap(({ part, first }) => (part === 'backward' ? first : []));
    this.#chain = calls.map((call) => (call.isDeferrable ? undefined : runner.bind([call])));
    this.#asides = calls.flatMap((call, position) =>
      call.isDeferrable ? [{ position, calls: runner.bind([call]) }] : [],
    );
  }

  /** All calls that do not stand aside, then those of the others that are left. The runner has entered the block. */
  lead(shard: number): void {
    const passed = this.#lineOf(shard) + Slot.passed;
    for (let i = 0; i < this.#chain.length; i++) {
      const calls = this.#chain[i];
      if (calls) this.#runner.run(calls);
      else this.#publish(passed, i + 1);
    }
    this.assist(shard);
  }

  /** Calls that stand aside, until all are claimed. The runner has entered the leader's block. @throws SegmentAbandoned */
  assist(shard: number): void {
    const line = this.#lineOf(shard);
    for (;;) {
      const aside = this.#asides[Atomics.add(this.#words, line + Slot.claimed, 1)];
      if (!aside) return;
      this.#waitUntil(line + Slot.passed, aside.position);
      this.#runner.run(aside.calls);
    }
  }

  /** Forgets what was passed and claimed. Nobody is at work on the shard. */
  clear(shard: number): void {
    const line = this.#lineOf(shard);
    Atomics.store(this.#words, line + Slot.passed, 0);
    Atomics.store(this.#words, line + Slot.claimed, 0);
  }

  #lineOf(shard: number): number {
    return this.#lines[shard] as number;
  }

  /** An atomic store: what the leader wrote before is seen by whoever sees the number. */
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
