// A barrier for worker threads: looks for a while, since the others are usually close, then sleeps. The main thread takes no part.
import { Control } from './control.ts';
import { Watch } from './watch.ts';

/** Thrown out of a segment that another party has ended. */
export class SegmentAbandoned extends Error {
  override readonly name = 'SegmentAbandoned';
}

export class Barrier {
  readonly #words: Int32Array;
  readonly #parties: number;
  readonly #watch: Watch;

  /**
   * @param parties threads that meet
   * @param cores where they are fewer, nobody looks before sleeping
   */
  constructor(words: Int32Array, parties: number, cores: number) {
    this.#words = words;
    this.#parties = parties;
    this.#watch = new Watch(words, parties <= cores);
  }

  /**
   * Returns when all have arrived; the last one runs `commit` before anyone goes on.
   * @throws SegmentAbandoned
   */
  arrive(commit?: () => void): void {
    if (this.#parties > 1) this.#meet(commit);
    else commit?.();
    leaveIfAbandoned(this.#words);
  }

  #meet(commit: (() => void) | undefined): void {
    const words = this.#words;
    const generation = Atomics.load(words, Control.generation);
    if (Atomics.add(words, Control.arrived, 1) === this.#parties - 1) {
      commit?.();
      Atomics.store(words, Control.arrived, 0);
      Atomics.add(words, Control.generation, 1);
      Atomics.notify(words, Control.generation);
    } else if (!this.#watch.seesChange(Control.generation, generation)) {
      this.#sleep(generation);
    }
  }

  #sleep(generation: number): void {
    const words = this.#words;
    while (Atomics.load(words, Control.generation) === generation) {
      // The generation was loaded first: if the segment is abandoned after this look, there is nothing to sleep for.
      if (Atomics.load(words, Control.abandon) !== 0) break;
      Atomics.wait(words, Control.generation, generation);
    }
  }
}

/** @throws SegmentAbandoned if the main thread wants the workers to leave */
export function leaveIfAbandoned(words: Int32Array): void {
  if (Atomics.load(words, Control.abandon) !== 0) throw new SegmentAbandoned();
}

/** Makes every worker leave the segment: those that wait now, and those that arrive later. */
export function abandonSegment(words: Int32Array): void {
  Atomics.store(words, Control.abandon, 1);
  Atomics.add(words, Control.generation, 1);
  Atomics.notify(words, Control.generation);
}
