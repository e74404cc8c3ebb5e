// A barrier for worker threads: spins briefly, since the others are usually close, then sleeps. The main thread takes no part.
import { Control } from './control.ts';

/**
 * Looks at a barrier before sleeping: some 100 µs. Waking a sleeper takes 20 to 30, and workers that meet 40 times a step, as those of ResNet-20,
 * are often that far apart: with 2000 looks one waited 17 µs in the median and a step took 1.03 times as long.
 */
const SPINS = 10_000;

/** Thrown out of a segment that another party has ended. */
export class SegmentAbandoned extends Error {
  override readonly name = 'SegmentAbandoned';
}

export class Barrier {
  readonly #words: Int32Array;
  readonly #parties: number;
  readonly #spins: number;

  /**
   * @param parties threads that meet
   * @param cores where they are fewer, nobody spins: a spinner would keep a core from a worker
   */
  constructor(words: Int32Array, parties: number, cores: number) {
    this.#words = words;
    this.#parties = parties;
    this.#spins = parties > cores ? 0 : SPINS;
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
    } else {
      let spins = this.#spins;
      while (Atomics.load(words, Control.generation) === generation) {
        if (spins-- > 0) continue;
        // The generation was loaded first: if the segment is abandoned after this look, there is nothing to sleep for.
        if (Atomics.load(words, Control.abandon) !== 0) break;
        Atomics.wait(words, Control.generation, generation);
      }
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
