// A barrier for worker threads. A worker looks for a while, because the others usually arrive soon, and then sleeps. The main thread takes no part.
import { Control } from './control.ts';
import { Watch } from './watch.ts';

/** Thrown to leave a segment that the main thread has ended. */
export class SegmentAbandoned extends Error {
  override readonly name = 'SegmentAbandoned';
}

export class Barrier {
  readonly #words: Int32Array;
  readonly #parties: number;
  readonly #watch: Watch;

  /**
   * @param parties the number of threads that meet
   * @param cores if there are fewer cores than threads, threads sleep at once
   */
  constructor(words: Int32Array, parties: number, cores: number) {
    this.#words = words;
    this.#parties = parties;
    this.#watch = new Watch(words, parties <= cores);
  }

  /**
   * Returns when all have arrived. The last to arrive runs `commit` before any of them continues.
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
      // The generation was loaded first. If the segment is abandoned after this look, the generation has changed and `wait` returns at once.
      if (Atomics.load(words, Control.abandon) !== 0) break;
      Atomics.wait(words, Control.generation, generation);
    }
  }
}

/** @throws SegmentAbandoned if the main thread has ended the segment */
export function leaveIfAbandoned(words: Int32Array): void {
  if (Atomics.load(words, Control.abandon) !== 0) throw new SegmentAbandoned();
}

/** Makes every worker leave the segment: workers that wait now, and workers that arrive later. */
export function abandonSegment(words: Int32Array): void {
  Atomics.store(words, Control.abandon, 1);
  Atomics.add(words, Control.generation, 1);
  Atomics.notify(words, Control.generation);
}
